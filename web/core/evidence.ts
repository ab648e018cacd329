/** What an operator types of a car's fuel, and what that means. docs/evidence.md */

export type Evidence =
  | {
      readonly is: "fuel";
      readonly gallons: number | null;
      readonly sigmaGal: number | null;
      readonly full: boolean | null;
      readonly fillTimeS: number | null;
    }
  | { readonly is: "mpg"; readonly mpg: number; readonly sigmaMpg: number | null }
  | { readonly is: "out" }
  | { readonly is: "running" };

/** What may be typed. */
export const EXAMPLES = ["11.2", "11.2 ± 0.2", "11.2 full", "full", "not full", "9.5 s", "4.6 mpg", "out", "running"] as const;

const NUMBER = String.raw`(\d+(?:\.\d*)?|\.\d+)`;
const SIGMA = String.raw`(?:\s*(?:±|\+-|\+/-)\s*${NUMBER})?`;
const FUEL = new RegExp(String.raw`^(?:${NUMBER}${SIGMA}(?:\s*gal)?)?(?:(?:^|\s+)${NUMBER}\s*s)?(?:(?:^|\s+)(not full|full))?$`);
const MPG = new RegExp(String.raw`^${NUMBER}${SIGMA}\s*mpg$`);

/** Nothing where it is not understood. Gallons are of the can that went in at the car's last stop. */
export function parse(typed: string): Evidence | null {
  const text = typed.trim().toLowerCase().replaceAll(",", ".");
  if (text === "") return null;
  if (text === "out") return { is: "out" };
  if (text === "running") return { is: "running" };
  const mpg = MPG.exec(text);
  if (mpg !== null) return { is: "mpg", mpg: Number(mpg[1]), sigmaMpg: number(mpg[2]) };
  const fuel = FUEL.exec(text);
  if (fuel === null) return null;
  const full = fuel[4] === undefined ? null : fuel[4] === "full";
  return { is: "fuel", gallons: number(fuel[1]), sigmaGal: number(fuel[2]), fillTimeS: number(fuel[3]), full };
}

const number = (text: string | undefined): number | null => (text === undefined ? null : Number(text));

/** The same in words, to be read before it is submitted. */
export function inWords(evidence: Evidence): string {
  switch (evidence.is) {
    case "out":
      return "ran out of fuel just now";
    case "running":
      return "still runs";
    case "mpg":
      return `stated to make ${evidence.mpg}${about(evidence.sigmaMpg)} mpg since its last stop`;
    case "fuel": {
      const parts = [
        evidence.gallons === null ? null : `${evidence.gallons}${about(evidence.sigmaGal)} gallons went in`,
        evidence.fillTimeS === null ? null : `fuel flowed for ${evidence.fillTimeS} s`,
        evidence.full === null ? null : evidence.full ? "the tank was full" : "the tank was not full",
      ];
      return `at its last stop ${parts.filter((part) => part !== null).join(", ")}`;
    }
  }
}

const about = (sigma: number | null): string => (sigma === null ? "" : ` ± ${sigma}`);
