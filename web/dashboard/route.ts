/** The address of the page: `/` or `/car/<vehicle id>`. */

import { useSyncExternalStore } from "react";

export type Route = { readonly page: "board" } | { readonly page: "car"; readonly vehicleId: string };

export function useRoute(): Route {
  return routeOf(useSyncExternalStore(onMove, () => location.pathname));
}

export function go(route: Route): void {
  history.pushState(null, "", pathOf(route));
  dispatchEvent(new PopStateEvent("popstate"));
}

/** Dots are escaped too: the server takes a path that has one for a file. */
function pathOf(route: Route): string {
  return route.page === "board" ? "/" : `/car/${encodeURIComponent(route.vehicleId).replaceAll(".", "%2E")}`;
}

function routeOf(path: string): Route {
  const vehicleId = /^\/car\/([^/]+)$/.exec(path)?.[1];
  return vehicleId === undefined ? { page: "board" } : { page: "car", vehicleId: decodeURIComponent(vehicleId) };
}

function onMove(listener: () => void): () => void {
  addEventListener("popstate", listener);
  return () => removeEventListener("popstate", listener);
}
