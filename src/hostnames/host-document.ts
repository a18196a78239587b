/** A hostname of a customer's own as the edge knows it: the JSON document under `host:<hostname>` in the zone table (KV). */
export interface HostDocument {
  hostname: string;
  /** Name and id of the zone that it leads to; null: nobody has it now. */
  zone: { name: string; id: string } | null;
  /** Grows by one with every change, whoever has the hostname. */
  revision: number;
}
