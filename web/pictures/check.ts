/** One test a picture, and one that none is left over. */

import { expect, test } from "vitest";
import { difference, drawn, leftOver, type States } from "./picture";

export function checkPictures(room: string, components: Readonly<Record<string, States>>): void {
  const pictures = Object.entries(components).flatMap(([component, states]) =>
    Object.entries(states).map(([state, node]) => drawn(room, component, state, node)),
  );
  test.each(pictures)("$file", ({ file, text }) => {
    expect(difference(file, text)).toBeNull();
  });
  test("no picture is left of a state that is gone", () => {
    expect(
      leftOver(
        room,
        pictures.map(({ file }) => file),
      ),
    ).toEqual([]);
  });
}
