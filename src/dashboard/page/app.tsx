import { ErrorBoundary, LocationProvider, lazy, Route, Router } from "preact-iso";
import { PAGE_PATHS } from "../page-paths.ts";
import { NotFound } from "./views/not-found.tsx";

// Each view is loaded when it is first shown: what a visitor never opens costs him nothing.
const Home = lazy(() => import("./views/home.tsx").then(({ Home }) => Home));

/** The whole page: a view for each path of {@link PAGE_PATHS}. */
export function App() {
  return (
    <LocationProvider>
      <ErrorBoundary>
        <Router>
          <Route path={PAGE_PATHS.home} component={Home} />
          <Route default component={NotFound} />
        </Router>
      </ErrorBoundary>
    </LocationProvider>
  );
}
