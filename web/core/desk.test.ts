import { expect, test } from "vitest";
import { apply, type Command, DESK } from "./desk";
import { reading } from "./examples";

const field = [reading({ vehicleId: "a", position: 1 }), reading({ vehicleId: "b", position: 2 })];
const after = (...commands: Command[]) => commands.reduce((desk, command) => apply(desk, command, field), DESK);

test("the first move chooses the first car", () => {
  expect(after({ do: "move", by: 1 }).chosen).toBe("a");
  expect(after({ do: "move", by: 1 }, { do: "move", by: 1 }).chosen).toBe("b");
});

test("a car holds one pin; pinned again it is free", () => {
  const pin = (as: "A" | "B"): Command => ({ do: "pin", as });
  const choose = (vehicleId: string): Command => ({ do: "choose", vehicleId });
  expect(after(pin("A")).pins).toEqual({ A: null, B: null });
  expect(after(choose("a"), pin("A"), choose("b"), pin("B")).pins).toEqual({ A: "a", B: "b" });
  expect(after(choose("a"), pin("A"), pin("B")).pins).toEqual({ A: null, B: "a" });
  expect(after(choose("a"), pin("A"), pin("A")).pins).toEqual({ A: null, B: null });
});
