import { render } from "preact";
import { readEarly } from "./api/early.ts";
import { App } from "./app.tsx";
import { loadSession } from "./state/session.ts";

readEarly();
render(<App />, document.getElementById("app")!);
await loadSession();
