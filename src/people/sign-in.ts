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

/** What signing in needs from the settings. */
export interface SignInSettings extends Pick<Settings, "signUp" | "operators" | "github"> {
  /** The dashboard's: `https://dashboard.example`. */
  origin: string;
  secret: string;
}

/** Gives a link's token to whoever has the address, and to nobody else. */
export type Deliver = (email: string, token: string) => Promise<void> | void;

/** How long a link is valid, minutes. */
export const LINK_MINUTES = 15;
const SESSION_DAYS = 14;
const DAY_SECONDS = 86_400;
/** Only somebody who has signed in within this time may add and remove passkeys, seconds. */
export const FRESH_SECONDS = 900;

/** Signs people in, using the tables of `0014_people.sql`: by links, passkeys and, if configured, GitHub. */
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
    // Where a browser goes if signing in with GitHub failed.
    onAPIError: { errorURL: `${origin}/sign-in` },
    // Counted instead by the same limiter as API keys, exactly and for all isolates.
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
        // Each day of use prolongs it.
        update: { after: ({ id }) => endInTime(db, id) },
      },
      user: {
        create: {
          // A link may be older than a change of who may sign up. Sign-ins through GitHub are first checked here, and may have
          // addresses that nobody has proven to own, whose holders would get what is meant for the real owners.
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
      // RFC 6265bis §4.1.3.2: the prefix ties such a cookie to this host, so that no sibling can plant one. Without TLS, as on
      // a laptop, browsers reject such cookies.
      useSecureCookies: false,
      cookiePrefix: isSecure ? "__Host-rescdn" : "rescdn",
      defaultCookieAttributes: { secure: isSecure, httpOnly: true, sameSite: "lax", path: "/" },
      ipAddress: { ipAddressHeaders: [ADDRESS_HEADER] },
      database: { generateId: ({ model }) => (model === "user" ? newId("person") : randomText(20)) },
    },
  });
}

/**
 * The library compares addresses in lower case, where the Kelvin sign becomes a "k": an address with one would be taken for
 * somebody else's. Only plain ASCII counts as a proven address.
 */
function ofPlainAddress({ email }: { email: string | null }): { emailVerified?: false } {
  // In UTF-8, anything that is not ASCII is longer.
  return email === null || new TextEncoder().encode(email).length === email.length ? {} : { emailVerified: false };
}

/** Set by us on each request that the library gets. */
export const ADDRESS_HEADER = "rescdn-client-address";

const TIMES = { createdAt: "created_at", updatedAt: "updated_at" } as const;

export type SignIn = ReturnType<typeof createSignIn>;
