import { lazy, useRoute } from "preact-iso";
import { rescdn } from "../api/client.ts";
import { wholeAnswerOf } from "../api/problem.ts";
import { account, mode } from "../state/session.ts";
import { Copy } from "../ui/copy.tsx";
import { Loading } from "../ui/loading.tsx";
import { useLoaded } from "../ui/use-loaded.ts";
import { useTitle } from "../ui/use-title.ts";
import { NotFound } from "../views/not-found.tsx";
import { addressOf } from "./address-of.ts";
import type { ZoneRead } from "./zone-read.ts";

const Overview = lazy(() => import("./zone-overview.tsx").then(({ ZoneOverview }) => ZoneOverview));
const Live = lazy(() => import("./zone-live.tsx").then(({ ZoneLive }) => ZoneLive));
const Why = lazy(() => import("./zone-why.tsx").then(({ ZoneWhy }) => ZoneWhy));
const Files = lazy(() => import("./zone-files.tsx").then(({ ZoneFiles }) => ZoneFiles));
const Purge = lazy(() => import("./zone-purge.tsx").then(({ ZonePurge }) => ZonePurge));
const Rules = lazy(() => import("./zone-rules.tsx").then(({ ZoneRules }) => ZoneRules));
const Access = lazy(() => import("./zone-access.tsx").then(({ ZoneAccess }) => ZoneAccess));
const Hostnames = lazy(() => import("./zone-hostnames.tsx").then(({ ZoneHostnames }) => ZoneHostnames));
const Settings = lazy(() => import("./zone-settings.tsx").then(({ ZoneSettings }) => ZoneSettings));

const PARTS = [
  ["", "Overview"],
  ["live", "Live"],
  ["why", "Why"],
  ["files", "Files"],
  ["purge", "Purge"],
  ["rules", "Rules"],
  ["access", "Access"],
  ["hostnames", "Hostnames"],
  ["settings", "Settings"],
] as const;

/** A zone: what it has served, its purges, and its settings. */
export function Zone() {
  const { zone: name = "", part = "" } = useRoute().params;
  useTitle(name);
  const read = useLoaded(async (): Promise<ZoneRead> => {
    const { data, headers } = await wholeAnswerOf(rescdn.GET("/v1/zones/{id}", { params: { path: { id: name } } }));
    return { zone: data, etag: headers.get("etag") ?? "" };
  }, [name, account.value?.id, mode.value]);
  if (!PARTS.some(([path]) => path === part)) return <NotFound />;
  return (
    <Loading loaded={read} lines={5}>
      {({ zone, etag }) => (
        <>
          <div class="head">
            <div>
              <h1>
                {zone.name}
                {!zone.active && <span class="tag bad">paused</span>}
                {zone.mode === "test" && <span class="tag">test</span>}
              </h1>
              <p class="address">
                <a href={addressOf(zone.subdomain)} rel="noreferrer" target="_blank">
                  {new URL(addressOf(zone.subdomain)).host}
                </a>
                <Copy text={addressOf(zone.subdomain)} label="Copy address" />
              </p>
            </div>
            <nav class="tabs" aria-label="Zone">
              {PARTS.filter(([path]) => path !== "files" || hasFiles(zone)).map(([path, label]) => (
                <a
                  key={path}
                  href={`/zones/${zone.name}${path && `/${path}`}`}
                  aria-current={part === path ? "page" : undefined}
                >
                  {label}
                </a>
              ))}
            </nav>
          </div>
          {part === "" && <Overview zone={zone} />}
          {part === "live" && <Live zone={zone} />}
          {part === "why" && <Why zone={zone} />}
          {part === "files" && (hasFiles(zone) ? <Files zone={zone} /> : <NotFound />)}
          {part === "purge" && <Purge zone={zone} />}
          {part === "rules" && <Rules key={etag} read={{ zone, etag }} reload={read.reload} />}
          {part === "access" && <Access key={etag} read={{ zone, etag }} reload={read.reload} />}
          {part === "hostnames" && <Hostnames zone={zone} />}
          {part === "settings" && <Settings key={etag} read={{ zone, etag }} reload={read.reload} />}
        </>
      )}
    </Loading>
  );
}

/** A zone whose origin is a bucket has its files here; those of others are on their own servers. */
const hasFiles = ({ origin }: ZoneRead["zone"]) => origin.startsWith("r2://");
