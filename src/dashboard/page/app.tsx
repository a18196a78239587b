import type { ComponentType } from "preact";
import { ErrorBoundary, LocationProvider, lazy, Route, Router } from "preact-iso";
import { PAGE_PATHS } from "../page-paths.ts";
import { isUnreachable, session } from "./state/session.ts";
import { Shell } from "./ui/shell.tsx";
import { Unreachable } from "./ui/unreachable.tsx";
import { Landing } from "./views/landing.tsx";
import { NotFound } from "./views/not-found.tsx";
import { SignIn } from "./views/sign-in.tsx";
import { SignInLink } from "./views/sign-in-link.tsx";

/**
 * A view inside the frame, loaded when it is first shown. Somebody who is not signed in is asked to, and then returns to it.
 */
function inside(load: () => Promise<ComponentType>) {
  const View = lazy(load);
  return function Inside() {
    if (session.value === undefined) {
      // Loads while the page is still finding out who is signed in.
      void load();
      return isUnreachable.value ? <Unreachable /> : null;
    }
    if (session.value === null) return <SignIn />;
    return (
      <Shell>
        <View />
      </Shell>
    );
  };
}

const Zones = inside(() => import("./views/zones.tsx").then(({ Zones }) => Zones));
const Zone = inside(() => import("./zone/zone.tsx").then(({ Zone }) => Zone));
const Keys = inside(() => import("./views/keys.tsx").then(({ Keys }) => Keys));
const Usage = inside(() => import("./views/usage.tsx").then(({ Usage }) => Usage));
const Audit = inside(() => import("./views/audit.tsx").then(({ Audit }) => Audit));
const Members = inside(() => import("./views/members.tsx").then(({ Members }) => Members));
const Account = inside(() => import("./views/account.tsx").then(({ Account }) => Account));
const CommandLine = inside(() => import("./views/command-line.tsx").then(({ CommandLine }) => CommandLine));
const Operator = inside(() => import("./views/operator.tsx").then(({ Operator }) => Operator));
const Records = inside(() => import("./views/records.tsx").then(({ Records }) => Records));
const Namespace = inside(() => import("./views/namespace.tsx").then(({ Namespace }) => Namespace));
const Webhooks = inside(() => import("./views/webhooks.tsx").then(({ Webhooks }) => Webhooks));
const NewZone = inside(() => import("./views/new-zone.tsx").then(({ NewZone }) => NewZone));

/** `/`: an introduction for people who are not signed in, and the zones for those who are. */
function Home() {
  if (session.value === undefined) return isUnreachable.value ? <Unreachable /> : null;
  return session.value === null ? <Landing /> : <Zones />;
}

/** The whole page: a view for each path in {@link PAGE_PATHS}. */
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
          <Route path={PAGE_PATHS.zone} component={Zone} />
          <Route path={PAGE_PATHS.zonePart} component={Zone} />
          <Route path={PAGE_PATHS.keys} component={Keys} />
          <Route path={PAGE_PATHS.usage} component={Usage} />
          <Route path={PAGE_PATHS.audit} component={Audit} />
          <Route path={PAGE_PATHS.members} component={Members} />
          <Route path={PAGE_PATHS.account} component={Account} />
          <Route path={PAGE_PATHS.commandLine} component={CommandLine} />
          <Route path={PAGE_PATHS.operator} component={Operator} />
          <Route path={PAGE_PATHS.records} component={Records} />
          <Route path={PAGE_PATHS.namespace} component={Namespace} />
          <Route path={PAGE_PATHS.webhooks} component={Webhooks} />
          <Route default component={NotFound} />
        </Router>
      </ErrorBoundary>
    </LocationProvider>
  );
}
