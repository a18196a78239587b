/** Takes from the processes of a server what their protocols give: run by workerd as some user, see `local-user.ts`. */

const TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name";
const KEY = "zone:of-the-attacker";

/** What Miniflare and workerd call the parts of a server. */
const SERVICES = ["rescdn", "storage", "edge-1", "edge-2", "caretaker"].map((name) => `core:user:${name}`);

const HEADERS = [
  {},
  { "MF-Route-Override": "storage" },
  { "MF-Route-Override": "caretaker" },
  { "MF-Op": "GET", "MF-Op-Target": "[1]", "MF-Op-Secret": "00".repeat(16) },
  { "MF-Loopback-Secret": "00".repeat(32), "MF-Custom-Fetch-Service": "0" },
  { "MF-Dev-Registry-Secret": "00".repeat(32) },
];

const PATHS = [
  "/scheduled",
  "/batch",
  "/cdn-cgi/local/platform-proxy",
  "/cdn-cgi/local/scheduled",
  "/cdn-cgi/local/explorer",
  "/core/error",
  "/core/log",
  "/core/store-temp-file?prefix=stolen",
  "/core/do-storage/rescdn-UsageMeter",
  "/core/dev-registry",
  "/core/public-url",
  "/browser/sessionIds",
];

/** The answers to methods of `stub`, by their names; those that fail are left out. */
async function methodsOf(stub) {
  const calls = {
    prepare: () => stub.prepare(TABLES).all(),
    get: () => stub.get(KEY, { type: "text" }).then((value) => ({ value })),
    put: () => stub.put(KEY, "{}", {}).then(() => "written"),
    published: () =>
      stub
        .fetch(`http://edge/${KEY}`, { method: "PUT", body: "{}" })
        .then(({ status }) => (status === 204 ? "told" : Promise.reject())),
    getByName: () =>
      stub
        .getByName("live:acme")
        .add({ source: crypto.randomUUID(), number: 1, pop: "XXX", zones: [] })
        .then(() => "counted"),
  };
  return answersOf(calls);
}

async function answersOf(calls) {
  const answers = {};
  for (const [name, call] of Object.entries(calls)) {
    const late = scheduler.wait(2_000).then(() => Promise.reject(new Error("late")));
    try {
      answers[name] = JSON.parse(JSON.stringify(await Promise.race([call(), late])));
    } catch {}
  }
  return answers;
}

/** What workerd's debugger gives, where it listens. */
async function debuggerAt(address, port) {
  const entrypoints = [undefined, "Documents", "Database", "Meters", "Publications"];
  const found = {};
  for (const service of SERVICES) {
    for (const entrypoint of entrypoints) {
      const stub = await port.connect(address).getEntrypoint(service, entrypoint);
      Object.assign(found, await methodsOf(stub));
    }
  }
  return found;
}

/** Requests that were answered with something else than a refusal. */
async function requestsTo(service) {
  const body = JSON.stringify([{ sql: TABLES, values: [] }]);
  const answers = {};
  for (const [index, headers] of HEADERS.entries()) {
    for (const path of PATHS) {
      const call = async () => {
        const init = { method: "POST", headers: { ...headers, "content-type": "application/json" }, body };
        const response = await service.fetch(`http://localhost${path}`, init);
        const text = await response.text();
        return response.status >= 400 ? Promise.reject(new Error(text)) : { status: response.status, text };
      };
      Object.assign(answers, await answersOf({ [`${path} ${index}`]: call }));
    }
  }
  return answers;
}

export default {
  async fetch(_request, { ADDRESSES, DEBUGGER, ...servers }) {
    const loot = {};
    for (const [index, address] of ADDRESSES.entries()) {
      const server = servers[`SERVER_${index}`];
      const found = {
        methods: await methodsOf(server),
        requests: await requestsTo(server),
        // Once, since each of its many calls would wait for a server that is silent.
        debugger: address.startsWith("unix:") ? {} : await debuggerAt(address, DEBUGGER).catch(() => ({})),
      };
      loot[address] = found;
    }
    return Response.json(loot);
  },
};
