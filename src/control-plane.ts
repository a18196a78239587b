import type { ControlSurface } from "./entry.ts";
import type { Env } from "./env.ts";
import { settingsOf } from "./settings.ts";
import type { Inspector } from "./why/report.ts";

/** Loaded when first called, so that the edge's cold start does not pay for the control plane. */
export function controlPlane(
  surface: ControlSurface,
  url: URL,
  request: Request,
  env: Env,
  ctx: ExecutionContext,
  inspector: Inspector,
): Promise<Response> {
  const settings = settingsOf(env);
  if (url.hostname !== settings.dashboardHost) return answerOf(surface, url, request, env, ctx, inspector);
  return import("./dashboard/as-browser-sees.ts").then(({ asBrowserSees }) => {
    const visit = asBrowserSees(request, url, settings);
    return visit.kind === "redirect" ? visit.answer : answerOf(surface, visit.url, visit.request, env, ctx, inspector);
  });
}

function answerOf(
  surface: ControlSurface,
  url: URL,
  request: Request,
  env: Env,
  ctx: ExecutionContext,
  inspector: Inspector,
): Promise<Response> {
  switch (surface) {
    case "api":
      return import("./api/app.ts").then(({ handleApi }) => handleApi(request, env, ctx, inspector));
    case "records":
      return import("./records/rest/app.ts").then(({ handleRecordsApi }) => handleRecordsApi(request, env, ctx));
    case "dns":
      return import("./records/dns/doh.ts").then(({ handleDns }) =>
        handleDns(request, url, env, (work) => ctx.waitUntil(work), Date.now()),
      );
    case "sign-in":
      return import("./people/sign-in-routes.ts").then(({ handleSignIn }) => handleSignIn(request, url, env, ctx));
    case "dashboard":
      return (
        import("./dashboard/dashboard.ts")
          .then(({ handleDashboard }) => handleDashboard(request, url))
          // Programs find the same there as on the API's own hosts.
          .then((answer) => answer ?? answerOf("api", url, request, env, ctx, inspector))
      );
    default:
      return surface satisfies never;
  }
}
