import { passkey } from "@better-auth/passkey";
import { betterAuth } from "better-auth/minimal";
import { magicLink } from "better-auth/plugins/magic-link";
import { customerOf } from "../accounts/client-address.ts";
import { newId, randomText } from "../db/new-id.ts";
import type { Settings } from "../settings.ts";
import { d1Adapter } from "./d1-adapter.ts";
import { boundSessions, endInTime } from "./delete-old-people-rows.ts";
import { takeOwnAccounts } from "./person.ts";
import { maySignUp } from "./sign-up.ts";

/** What signing in needs of the settings. */
export interface SignInSettings extends Pick<Settings, "signUp" | "operators" | "github"> {
  /** Of the dashboard: `https://dashboard.example`. */
  origin: string;
  secret: string;
}

/** Gives a link's token to whoever has the address, and to nobody else. */
export type Deliver = (email: string, token: string) => Promise<void> | void;

/** Minutes that a link holds. */
export const LINK_MINUTES = 15;
const SESSION_DAYS = 14;
const DAY_SECONDS = 86_400;
/** Passkeys are added and removed by who has signed in within so long, seconds. */
export const FRESH_SECONDS = 900;

/** Signs people in, on the tables of `0014_people.sql`: by links, passkeys and, where it is set up, GitHub. */
export function createSignIn(db: D1Database, settings: SignInSettings, deliver: Deliver) {
  const { origin, secret, github } = settings;
  const isSecure = origin.startsWith("https:");
  return betterAuth({
    appName: "ResCDN",
    baseURL: origin,
    basePath: "/auth",
    secret,
    database: d1Adapter(db),
    trustedOrigins: [origin],
    telemetry: { enabled: false },
    // Where a browser goes that GitHub has sent back in vain.
    onAPIError: { errorURL: `${origin}/sign-in` },
    // Counted by the limiter that API keys have, exactly and for all isolates.
    rateLimit: { enabled: false },
    user: { modelName: "people", fields: { emailVerified: "email_verified", ...TIMES } },
    session: {
      modelName: "people_sessions",
      fields: {
        userId: "person_id",
        expiresAt: "expires_at",
        ipAddress: "ip_address",
        userAgent: "user_agent",
        ...TIMES,
      },
      expiresIn: SESSION_DAYS * DAY_SECONDS,
      updateAge: DAY_SECONDS,
      freshAge: FRESH_SECONDS,
    },
    account: {
      modelName: "sign_ins",
      fields: {
        userId: "person_id",
        accountId: "account_id",
        providerId: "provider_id",
        accessToken: "access_token",
        refreshToken: "refresh_token",
        idToken: "id_token",
        accessTokenExpiresAt: "access_token_expires_at",
        refreshTokenExpiresAt: "refresh_token_expires_at",
        ...TIMES,
      },
      encryptOAuthTokens: true,
    },
    verification: { modelName: "sign_in_codes", fields: { expiresAt: "expires_at", ...TIMES } },
    databaseHooks: {
      session: {
        create: {
          async after({ userId, ipAddress }) {
            await boundSessions(db, userId);
            await takeOwnAccounts(db, userId, ipAddress ? customerOf(ipAddress) : null, Date.now());
          },
        },
        // Each day of use gives it more days.
        update: { after: ({ id }) => endInTime(db, id) },
      },
      user: {
        create: {
          // A link may be older than a change of who may sign up; GitHub has not been asked, and knows addresses that nobody has
          // proven to have: who had one would take what is meant for whoever has it.
          before: async ({ email, emailVerified }) =>
            emailVerified === true && (await maySignUp(db, settings, email.toLowerCase())) ? undefined : false,
        },
      },
    },
    ...(github !== null && { socialProviders: { github: { ...github, mapProfileToUser: ofPlainAddress } } }),
    plugins: [
      magicLink({
        expiresIn: LINK_MINUTES * 60,
        storeToken: "hashed",
        sendMagicLink: ({ email, token }) => deliver(email, token),
      }),
      passkey({
        rpID: new URL(origin).hostname,
        rpName: "ResCDN",
        origin,
        schema: {
          passkey: {
            modelName: "passkeys",
            fields: {
              publicKey: "public_key",
              userId: "person_id",
              credentialID: "credential_id",
              deviceType: "device_type",
              backedUp: "backed_up",
              createdAt: "created_at",
            },
          },
        },
      }),
    ],
    advanced: {
      // RFC 6265bis §4.1.3.2: by its prefix such a cookie is this host's alone, so that no sibling can plant one. Without TLS,
      // on a laptop, browsers take none of them.
      useSecureCookies: false,
      cookiePrefix: isSecure ? "__Host-rescdn" : "rescdn",
      defaultCookieAttributes: { secure: isSecure, httpOnly: true, sameSite: "lax", path: "/" },
      ipAddress: { ipAddressHeaders: [ADDRESS_HEADER] },
      database: { generateId: ({ model }) => (model === "user" ? newId("person") : randomText(20)) },
    },
  });
}

/**
 * The library compares addresses in lower case, where the sign for Kelvin is a "k": whoever had an address with one would be taken
 * for somebody else. What is not plain ASCII is nobody's proven address.
 */
function ofPlainAddress({ email }: { email: string | null }): { emailVerified?: false } {
  // In UTF-8 whatever is not ASCII is longer.
  return email === null || new TextEncoder().encode(email).length === email.length ? {} : { emailVerified: false };
}

/** Set by us on each request that the library sees. */
export const ADDRESS_HEADER = "rescdn-client-address";

const TIMES = { createdAt: "created_at", updatedAt: "updated_at" } as const;

export type SignIn = ReturnType<typeof createSignIn>;
