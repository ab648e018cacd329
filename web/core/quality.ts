/** What the server's word for how good an insight is means, in words. */

import type { Insight, Session } from "./queries";

export function qualityText(quality: Insight["quality"], session: Session | null): string {
  switch (quality) {
    case "SOUND":
      return "sound";
    case "NOT_YET":
      return session === null
        ? "too few clean laps in this stint"
        : `fewer than ${session.greenLapsMin} clean laps in this stint`;
    case "IMPUTED":
      return "part of the stint filled in across gaps";
    case "EVIDENCE_CONFLICT":
      return "the evidence of its fuel contradicts what it burned";
    case "LEVEL_CONFLICT":
      return "burned more than the tank held: a stop's fuel is not known";
    case "UNCALIBRATED":
      return "only ratios: the scale is not yet checked";
    case "NO_THROTTLE":
      return "no throttle, or it is stuck";
    case "NO_RPM":
      return "no engine speed, or it is stuck";
    case "STALE":
      return `no data${since(session?.staleAfterMs)}`;
    case "LOST":
      return `no data${since(session?.lostAfterMs)}`;
    case "UNKNOWN":
      return "nothing known yet";
  }
}

const since = (ms: number | undefined): string => (ms === undefined ? "" : ` for ${ms / 1000} seconds`);
