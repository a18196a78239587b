import { type PeriodName, periodsOf, type Unit } from "../../period.ts";
import { rescdn, type Schemas } from "../api/client.ts";
import { answerOf } from "../api/problem.ts";

/** What origins were asked; missing where the server does not count it. */
interface OriginFigures {
  byte_hit_rate?: number;
  origin_requests?: number;
  origin_bytes?: number;
  origin_first_byte_ms?: { p50: number; p95: number } | null;
}

export type Series = readonly (NonNullable<Schemas["Usage"]["series"]>[number] & OriginFigures)[];
export type Usage = Omit<Schemas["Usage"], "series"> & OriginFigures & { series?: Series };

/** What a zone has served in a period, hour by hour or day by day. @param zone its name @param back how many such periods ago */
export async function usageOfZone(zone: string, name: PeriodName, unit: Unit, back = 0): Promise<Usage> {
  const parts = periodsOf(name, unit, back);
  const read = (query: object): Promise<Usage> =>
    answerOf(rescdn.GET("/v1/usage", { params: { query: { zone, ...query } } }));
  const [only, ...more] = parts;
  if (more.length === 0) return read(only!);
  const { from } = only!;
  const { to } = more.at(-1)!;
  const [whole, ...series] = await Promise.all([read({ from, to }), ...parts.map(read)]);
  return { ...whole!, series: series.flatMap((part) => part.series ?? []) };
}
