/** A hostname of a customer's own as the edge knows it: the JSON document under `host:<hostname>` in the zone table (KV). */
export interface HostDocument {
  hostname: string;
  /** `deleted`: nobody has it now; it stands for a missing one. */
  state: "active" | "deleted";
  /** Name and id of the zone that it leads to; null: it is deleted. */
  zone: { name: string; id: string } | null;
  /** Grows by one with every change, whoever has the hostname. */
  revision: number;
}
