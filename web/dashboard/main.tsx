/** The dashboard, started. */

import "../style/tokens.css";
import "./dashboard.css";
import { createRoot } from "react-dom/client";
import { openNeedles } from "../core/needles";
import { connect } from "../core/server";
import { openStore } from "../core/store";
import { App } from "./App";
import { keepFitted } from "./fit";

const root = document.getElementById("root");
if (root !== null) {
  keepFitted(root);
  const server = connect(location);
  const store = openStore(server, { past: true });
  createRoot(root).render(<App store={store} needles={openNeedles(server, store)} />);
}
