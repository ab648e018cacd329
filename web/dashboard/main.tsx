/** The dashboard, started. */

import "../style/tokens.css";
import "./dashboard.css";
import { createRoot } from "react-dom/client";
import { connect } from "../core/server";
import { openStore } from "../core/store";
import { App } from "./App";
import { keepFitted } from "./fit";

const root = document.getElementById("root");
if (root !== null) {
  keepFitted(root);
  createRoot(root).render(<App store={openStore(connect(location), { laps: true })} />);
}
