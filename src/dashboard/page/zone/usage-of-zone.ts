import { type PeriodName, periodsOf, type Unit } from "../../period.ts";
import { rescdn, type Schemas } from "../api/client.ts";
import { answerOf } from "../api/problem.ts";

export type Usage = Schemas["Usage"];
export type Series = NonNullable<Usage["series"]>;

/** What a zone served in a period, hour by hour or day by day. @param zone its name @param back how many such periods ago */
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
