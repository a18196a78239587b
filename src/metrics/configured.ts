import type { Env } from "../env.ts";
import { settingsOf } from "../settings.ts";

/** Which optional parts of a deployment are set up. `npm run doctor` explains what each is for. */
export function configuredOf(env: Env): Record<string, boolean> {
  const settings = settingsOf(env);
  const isOwnMachine = env.PROCESSES !== undefined;
  return {
    keyring: settings.keyring !== null,
    sign_in: settings.signInSecret !== null,
    dashboard: settings.dashboardHost !== null,
    mail: env.MAIL !== undefined && settings.mailFrom !== null,
    operators: settings.operators.size > 0,
    certificates: settings.saas !== null,
    purge_acceleration: settings.cloudflare !== null,
    // A single machine counts usage by itself.
    ...(!isOwnMachine && {
      location_limits: [
        env.NAME_QUESTIONS,
        env.NAME_SEARCHES,
        env.CLIENT_RATE_50,
        env.CLIENT_RATE_200,
        env.CLIENT_RATE_1000,
      ].every((one) => one !== undefined),
    }),
  };
}
