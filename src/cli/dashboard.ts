import { called } from "./cli.ts";
import { Failed } from "./failed.ts";

/** The origin of an API's dashboard, which the API tells. */
export async function dashboardOf(api: string): Promise<string> {
  const answer = await called(new Request(new URL("/v1", api), { headers: { accept: "application/json" } }));
  const signpost = (await answer.json().catch(() => null)) as { name?: unknown; dashboard?: unknown } | null;
  if (signpost?.name !== "ResCDN") throw new Failed(`${api} is not an API of ResCDN`, { hint: "--api names another" });
  if (typeof signpost.dashboard !== "string")
    throw new Failed(`${api} has no dashboard to sign in at`, {
      hint: "rescdn login --key signs in with a key instead",
    });
  return signpost.dashboard;
}
