/** A metric, or several of one kind that differ in their labels. */
export interface Family {
  name: string;
  type: "counter" | "gauge" | "histogram";
  /** The last word of the name, if it is a unit. */
  unit?: "bytes" | "seconds";
  help: string;
  samples: readonly Sample[];
}

/** For a histogram, `suffix` says which of its samples it is. */
export type Sample = [labels: Readonly<Record<string, string>>, value: number, suffix?: "_bucket" | "_count" | "_sum"];

/** The format: OpenMetrics 1.0, or the older text format that some readers ask for. */
export type Form = "openmetrics" | "text";

export const CONTENT_TYPES: Record<Form, string> = {
  openmetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8",
  text: "text/plain; version=0.0.4; charset=utf-8",
};

/** Writes metrics. Those without a sample are left out. */
export function writeMetrics(families: readonly Family[], form: Form): string {
  const lines = families.flatMap((family) => (family.samples.length === 0 ? [] : linesOf(family, form)));
  return `${[...lines, ...(form === "openmetrics" ? ["# EOF"] : [])].join("\n")}\n`;
}

function linesOf({ name, type, unit, help, samples }: Family, form: Form): string[] {
  const sampled = type === "counter" ? `${name}_total` : name;
  // OpenMetrics names the family, the older format the sample.
  const named = form === "openmetrics" ? name : sampled;
  return [
    `# HELP ${named} ${help}`,
    `# TYPE ${named} ${type}`,
    ...(unit !== undefined && form === "openmetrics" ? [`# UNIT ${named} ${unit}`] : []),
    ...samples.map(([labels, value, suffix = ""]) => `${sampled}${suffix}${labelsOf(labels)} ${value}`),
  ];
}

function labelsOf(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return pairs.length === 0 ? "" : `{${pairs.join()}}`;
}

function escaped(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll('"', '\\"');
}
