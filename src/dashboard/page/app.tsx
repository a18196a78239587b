import type { ComponentType } from "preact";
import { ErrorBoundary, LocationProvider, lazy, Route, Router } from "preact-iso";
import { PAGE_PATHS } from "../page-paths.ts";
import { session } from "./state/session.ts";
import { Shell } from "./ui/shell.tsx";
import { Landing } from "./views/landing.tsx";
import { NotFound } from "./views/not-found.tsx";
import { SignIn } from "./views/sign-in.tsx";
import { SignInLink } from "./views/sign-in-link.tsx";

/** A view inside the frame, loaded when it is first shown; who is not signed in is asked to, and comes back to it. */
function inside(load: () => Promise<ComponentType>) {
  const View = lazy(load);
  return function Inside() {
    if (session.value === undefined) return null;
    if (session.value === null) return <SignIn />;
    return (
      <Shell>
        <View />
      </Shell>
    );
  };
}

const Zones = inside(() => import("./views/zones.tsx").then(({ Zones }) => Zones));
const NewZone = inside(() => import("./views/new-zone.tsx").then(({ NewZone }) => NewZone));

/** `/`: what this is, for who is not signed in, and the zones for who is. */
function Home() {
  if (session.value === undefined) return null;
  return session.value === null ? <Landing /> : <Zones />;
}

/** The whole page: a view for each path of {@link PAGE_PATHS}. */
export function App() {
  return (
    <LocationProvider>
      <ErrorBoundary>
        <Router>
          <Route path={PAGE_PATHS.home} component={Home} />
          <Route path={PAGE_PATHS.signIn} component={SignIn} />
          <Route path={PAGE_PATHS.signInLink} component={SignInLink} />
          <Route path={PAGE_PATHS.zones} component={Zones} />
          <Route path={PAGE_PATHS.newZone} component={NewZone} />
          <Route default component={NotFound} />
        </Router>
      </ErrorBoundary>
    </LocationProvider>
  );
}
