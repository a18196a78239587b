import { env } from "cloudflare:workers";
import { newToken } from "../../src/accounts/token.ts";
import { type Customer, call } from "../support/control-plane.ts";
import type { MadeThing, Product, Thing } from "../support/recipes/recipe.ts";
import { RESCDN } from "../support/recipes/rescdn.ts";

/** The two accounts of the table, and a zone of the owner's that no call is about. */
export interface Cast {
  owner: Customer;
  stranger: Customer;
  elsewhere: string;
}

/** Who makes a call about a thing of the owner's. */
export interface Caller {
  title: string;
  /** Null: not let in at all. */
  scopes: readonly string[] | null;
  /** Whether it knows of a kind of the owner's things. */
  knows(kind: Thing): boolean;
  /** Whether what it is answered must hold nothing of the owner's. */
  outside: boolean;
  /** Whether its key is restricted to zones. */
  restricted: boolean;
  /** With what key the thing is made. */
  maker(owner: Customer): string;
  /** What it shows, made on first use. */
  headers(cast: Cast, thing: MadeThing | null): Promise<Record<string, string>>;
}

/** Everybody who may call a product: each scope alone, all but each, strangers, other modes, keys that are no longer valid. */
export function callersOf(product: Product): Caller[] {
  const { scopes, keyOf, shown } = product;
  const key = (title: string, token: (cast: Cast, thing: MadeThing | null) => string | Promise<string>) =>
    caller(title, product, async (cast, thing) => shown(await token(cast, thing)));
  const with_ = (powers: { scopes: readonly string[] }) => async (cast: Cast) =>
    (await product.newKey(keyOf(cast.owner), powers)).token;
  const outsider = { knows: () => false, outside: true };
  const refused = { scopes: null, outside: true };
  return [
    key("the owner", ({ owner }) => keyOf(owner)),
    ...scopes.map((scope) => ({ ...key(`the scope ${scope} alone`, with_({ scopes: [scope] })), scopes: [scope] })),
    ...scopes.map((left) => {
      const others = scopes.filter((scope) => scope !== left);
      return { ...key(`all scopes but ${left}`, with_({ scopes: others })), scopes: others };
    }),
    { ...key("another account", ({ stranger }) => keyOf(stranger)), ...outsider },
    ...(product === RESCDN ? callersOfRescdn(key, outsider, refused) : []),
    { ...key("an expired key", expired(product)), ...refused },
    { ...key("a revoked key", revoked(product)), ...refused },
    { ...key("a key of the other product", ({ owner }) => product.otherKeyOf(owner)), ...refused },
    { ...key("a key that nobody has", ({ owner }) => newToken(kindOf(keyOf(owner)))), ...refused },
    { ...key("a malformed key", ({ owner }) => keyOf(owner).slice(0, -1)), ...refused },
    { ...key("the owner's key twice", ({ owner }) => `${keyOf(owner)}, ${keyOf(owner)}`), ...refused },
    { ...key("the operator's token", () => env.ADMIN_TOKEN!), ...refused },
    { ...key("an empty key", () => ""), ...refused },
    { ...caller("no key", product, async () => ({})), ...refused },
    {
      ...caller("the owner's key where the other product has it", product, async ({ owner }) =>
        product === RESCDN ? { authorization: `Bearer ${keyOf(owner)}` } : { "x-rescdn-key": keyOf(owner) },
      ),
      ...refused,
    },
  ];
}

function callersOfRescdn(
  key: (title: string, token: (cast: Cast, thing: MadeThing | null) => string | Promise<string>) => Caller,
  outsider: Pick<Caller, "knows" | "outside">,
  refused: Pick<Caller, "scopes" | "outside">,
): Caller[] {
  const ofTest = (owner: Customer) => owner.test;
  const newKey = async (owner: Customer, zone: string) => (await RESCDN.newKey(owner.live, { zones: [zone] })).token;
  return [
    { ...key("another account's test key", ({ stranger }) => stranger.test), ...outsider },
    { ...key("the owner's test key", ({ owner }) => owner.test), ...outsider },
    { ...key("the owner about a thing of test mode", ({ owner }) => owner.live), knows: () => false, maker: ofTest },
    { ...key("the owner's test key about a thing of test mode", ({ owner }) => owner.test), maker: ofTest },
    {
      ...key("a key restricted to another zone", ({ owner, elsewhere }) => newKey(owner, elsewhere)),
      ...outsider,
      restricted: true,
    },
    {
      ...key("a key restricted to its zone", ({ owner, elsewhere }, thing) => newKey(owner, thing?.zone ?? elsewhere)),
      knows: ({ ofZone }) => ofZone,
      restricted: true,
    },
    { ...key("a key that was rotated", ({ owner }) => rotated(owner, 0)), ...refused },
    // It ends before other keys do: those can do more than it can.
    {
      ...key("a key that was rotated, within its grace", ({ owner }) => rotated(owner, 604_800)),
      knows: ({ kind }) => kind !== "key",
    },
  ];
}

function caller(title: string, product: Product, headers: Caller["headers"]): Caller {
  return {
    title,
    scopes: product.scopes,
    knows: () => true,
    outside: false,
    restricted: false,
    maker: product.keyOf,
    headers,
  };
}

function kindOf(token: string) {
  return token.startsWith("rdb") ? "rdb_live" : "rk_live";
}

function expired(product: Product) {
  return async ({ owner }: Cast): Promise<string> => {
    const { id, token } = await product.newKey(product.keyOf(owner), {});
    await env.DB.prepare("UPDATE api_keys SET expires_at = 1 WHERE id = ?1").bind(id).run();
    return token;
  };
}

function revoked(product: Product) {
  return async ({ owner }: Cast): Promise<string> => {
    const { id, token } = await product.newKey(product.keyOf(owner), {});
    await call(product.revocation(id), { method: "DELETE", headers: product.shown(product.keyOf(owner)) });
    return token;
  };
}

async function rotated({ live }: Customer, grace_seconds: number): Promise<string> {
  const { id, token } = await RESCDN.newKey(live, {});
  await call(`/v1/keys/${id}/rotate`, { method: "POST", key: live, body: { grace_seconds } });
  return token;
}
