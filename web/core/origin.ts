/** Where a session's data come from, shown on every screen unless they were recorded from real cars as they are. */

import type { Session } from "./queries";

/** A word in capitals; nothing for a recording, or while the session is not known. */
export function originWord(session: Session | null): string | null {
  return session === null || session.origin === "RECORDED" ? null : session.origin;
}
