import { request } from "../request.ts";
import type { Tally } from "./writer.ts";

const ZONE = "counted";

/** An isolate brings its counts after a second; so much more may pass on a busy machine until they are on disk, ms. */
const ON_DISK_MS = 4_000;

/** A client that fetches from a zone of its own without rest, and holds usage to what it was answered. */
export class UsageReader {
  readonly #key: string;
  readonly #originUrl: string;
  readonly #tally: Tally;
  #stopped = false;
  #stoppedAt = 0;
  #sent = 0;
  /** Of this life of the server, ms since the epoch. */
  #answeredAt: number[] = [];
  /** What usage said at the end of the life before. */
  #counted = 0;

  constructor(key: string, originUrl: string, tally: Tally) {
    this.#key = key;
    this.#originUrl = originUrl;
    this.#tally = tally;
  }

  async write(port: number): Promise<void> {
    this.#stopped = false;
    this.#sent = 0;
    this.#answeredAt = [];
    const headers = { "X-ResCDN-Key": this.#key };
    const body = { name: ZONE, origin: this.#originUrl };
    await request(port, "api.rescdn.localhost", "/v1/zones", { method: "POST", headers, body }).catch(() => null);
    while (!this.#stopped) {
      this.#sent++;
      const path = `/${this.#sent % 5}.css`;
      const answer = await request(port, `${ZONE}.rescdn.localhost`, path).catch(() => null);
      if (answer === null) return;
      if (answer.status === 200) this.#answeredAt.push(Date.now());
      else this.#sent--; // the zone is not there yet: nobody's usage
    }
  }

  stop(): void {
    this.#stopped = true;
    this.#stoppedAt = Date.now();
  }

  /** Nothing is counted twice, and no more is lost than what the killed isolate had not brought. */
  async check(port: number): Promise<void> {
    const answer = await request(port, "api.rescdn.localhost", "/v1/usage", { headers: { "X-ResCDN-Key": this.#key } });
    const { requests } = JSON.parse(answer.body) as { requests: number };
    const counted = requests - this.#counted;
    const onDisk = this.#answeredAt.filter((at) => at < this.#stoppedAt - ON_DISK_MS).length;
    if (counted > this.#sent) this.#tally.wrong.push(`usage has ${counted} requests of ${this.#sent} that were sent`);
    if (counted < onDisk) this.#tally.wrong.push(`usage has ${counted} requests, and ${onDisk} were answered in time`);
    this.#tally.counted += counted;
    this.#counted = requests;
  }
}
