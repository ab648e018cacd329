import "react";

declare module "react" {
  interface CSSProperties {
    /** Cells between this one and the field median: which light first. */
    "--out"?: number;
  }
}
