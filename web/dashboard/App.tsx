/** Pages, keys and overlays around one store and one desk. */

import { useEffect, useEffectEvent, useMemo, useReducer, useSyncExternalStore } from "react";
import { apply, type Command, DESK, type Desk } from "../core/desk";
import type { Live } from "../core/live";
import type { Needles } from "../core/needles";
import type { Store } from "../core/store";
import { type Units, unitSystems } from "../core/units";
import { Board } from "./Board";
import { CarPage } from "./CarPage";
import { Evidence } from "./Evidence";
import { Find } from "./Find";
import { KeyList } from "./KeyList";
import { type Action, actionOf } from "./keys";
import { go, useRoute } from "./route";
import { TimeBar } from "./TimeBar";
import { TopBar } from "./TopBar";

/** What every page is drawn from. */
export interface View {
  readonly live: Live;
  readonly desk: Desk;
  readonly units: Units;
  readonly needles: Needles;
}

export function App({ store, needles }: { store: Store; needles: Needles }) {
  const live = useSyncExternalStore(store.subscribe, store.snapshot);
  const [desk, dispatch] = useReducer((desk: Desk, command: Command) => apply(desk, command, store.snapshot().readings), DESK);
  const route = useRoute();
  const systems = useMemo(() => unitSystems(live.session), [live.session]);
  const view: View = { live, desk, units: systems[desk.unit % systems.length] ?? systems[0], needles };
  const chosen = route.page === "car" ? route.vehicleId : desk.chosen;
  const about = live.readings.find((reading) => reading.vehicleId === chosen);

  const act = (action: Action) => {
    switch (action.do) {
      case "board":
        return go({ page: "board" });
      case "back":
        return desk.overlay === null ? go({ page: "board" }) : dispatch({ do: "overlay", show: null });
      case "open":
        return open(chosen ?? live.readings.find((reading) => reading.insight.position === 1)?.vehicleId);
      case "overlay":
        return dispatch({ ...action, show: desk.overlay === action.show ? null : action.show });
      default:
        return dispatch(action);
    }
  };
  const open = (vehicleId: string | undefined) => {
    if (vehicleId === undefined) return;
    dispatch({ do: "choose", vehicleId });
    go({ page: "car", vehicleId });
  };

  useKeys(act);
  useCarFollowsChoice(route.page === "car" ? route.vehicleId : null, desk.chosen, dispatch);

  return (
    <>
      <TopBar view={view} page={route.page} />
      {route.page === "board" ? (
        <Board view={view} open={open} choose={(vehicleId) => dispatch({ do: "choose", vehicleId })} />
      ) : (
        <CarPage key={route.vehicleId} view={view} vehicleId={route.vehicleId} past={store.past} />
      )}
      <TimeBar live={live} units={view.units} chosen={chosen} />
      {desk.overlay === "keys" && <KeyList />}
      {desk.overlay === "evidence" && about !== undefined && (
        <Evidence
          key={about.vehicleId}
          reading={about}
          submit={store.submit}
          close={() => dispatch({ do: "overlay", show: null })}
        />
      )}
      {desk.overlay === "find" && (
        <Find
          readings={live.readings}
          close={() => dispatch({ do: "overlay", show: null })}
          choose={(vehicleId) => (route.page === "car" ? open(vehicleId) : dispatch({ do: "choose", vehicleId }))}
        />
      )}
    </>
  );
}

function useKeys(act: (action: Action) => void): void {
  const pressed = useEffectEvent((event: KeyboardEvent) => {
    const action = actionOf(event);
    if (action === undefined) return;
    event.preventDefault();
    act(action);
  });
  useEffect(() => {
    addEventListener("keydown", pressed);
    return () => removeEventListener("keydown", pressed);
  }, []);
}

/** On a car's page `↑` `↓` turn to the next car; an address opened directly chooses its car. */
function useCarFollowsChoice(shown: string | null, chosen: string | null, dispatch: (command: Command) => void): void {
  const turn = useEffectEvent(() => {
    if (shown !== null && chosen !== null && chosen !== shown) go({ page: "car", vehicleId: chosen });
  });
  const adopt = useEffectEvent(() => {
    if (shown !== null) dispatch({ do: "choose", vehicleId: shown });
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: a choice turns the page, whatever the page was
  useEffect(() => turn(), [chosen]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a page chooses its car once, when it opens
  useEffect(() => adopt(), [shown]);
}
