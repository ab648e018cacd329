/** Submit what is known of a car's fuel. */

import { useState } from "react";
import { EXAMPLES, inWords, parse } from "../core/evidence";
import type { Reading } from "../core/reading";
import type { Store } from "../core/store";

interface Props {
  readonly reading: Reading;
  readonly submit: Store["submit"];
  readonly close: () => void;
}

export function Evidence({ reading, submit, close }: Props) {
  const [typed, setTyped] = useState("");
  const [refusal, setRefusal] = useState<string | null>(null);
  const meant = parse(typed);
  const send = async () => {
    if (meant === null) return;
    const why = await submit(reading.vehicleId, meant);
    if (why === null) close();
    else setRefusal(why);
  };
  return (
    <div className="overlay find" role="dialog" aria-label={`Evidence of the fuel of car ${reading.number}`}>
      <input
        autoFocus
        aria-label="What is known of its fuel"
        placeholder={`fuel of ${reading.number}: gallons, full, out`}
        value={typed}
        onChange={(event) => {
          setTyped(event.target.value);
          setRefusal(null);
        }}
        onKeyDown={(event) => {
          if (event.key === "Enter") void send();
          if (event.key === "Escape") close();
        }}
      />
      <p className="meant" role="status">
        {refusal ??
          (meant === null
            ? `Such as: ${EXAMPLES.join(", ")}`
            : `${reading.number} ${reading.driver}: ${inWords(meant)}. Enter submits it.`)}
      </p>
    </div>
  );
}
