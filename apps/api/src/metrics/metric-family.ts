export type Labels = Readonly<Record<string, string>>;

/** One metric with all its label sets, as Prometheus reads it. */
export interface MetricFamily {
  name: string;
  help: string;
  type: "gauge" | "counter";
  samples: readonly { labels: Labels; value: number }[];
}

export interface Counter {
  add(labels: Labels, by?: number): void;
  family(): MetricFamily;
}

/** Counts from the start of the process. Its labels must come from closed lists: each set of them is kept for good. */
export function createCounter(name: string, help: string): Counter {
  const samples = new Map<string, { labels: Labels; value: number }>();
  return {
    add(labels, by = 1) {
      const key = JSON.stringify(labels);
      const sample = samples.get(key);
      if (sample) sample.value += by;
      else samples.set(key, { labels, value: by });
    },
    family: () => ({ name, help, type: "counter", samples: [...samples.values()] }),
  };
}

export function gauge(name: string, help: string, samples: MetricFamily["samples"]): MetricFamily {
  return { name, help, type: "gauge", samples };
}

/** Prometheus' text format, version 0.0.4. */
export function renderFamilies(families: readonly MetricFamily[]): string {
  const lines = families.flatMap(({ name, help, type, samples }) => [
    `# HELP ${name} ${help.replaceAll("\\", "\\\\").replaceAll("\n", "\\n")}`,
    `# TYPE ${name} ${type}`,
    ...samples.map(({ labels, value }) => `${name}${renderLabels(labels)} ${value}`),
  ]);
  return `${lines.join("\n")}\n`;
}

function renderLabels(labels: Labels): string {
  const pairs = Object.entries(labels).map(
    ([name, value]) => `${name}="${value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`,
  );
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}
