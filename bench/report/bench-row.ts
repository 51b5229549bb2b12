export interface RowDefinition {
  name: string;
  unit: string;
  /** What is judged: the value itself, or its ratio to the floor. Without it the row is for information. */
  goal?: { of: "value" | "ratio"; atMost: number } | { of: "value"; atLeast: number };
}

/** What one bench has found for one row. `value` and `floor` and `peer` are in the row's unit. */
export interface Measured {
  /** Null: not measured; the note says why. */
  value: number | null;
  floor?: number;
  /** The caster of bench/peer on the same page in the same run. Null: nothing of it arrived. */
  peer?: number | null;
  note?: string;
}

/** One row of the report, as `--json` prints it. */
export interface BenchRow extends Measured {
  name: string;
  unit: string;
  /** value / floor */
  ratio?: number;
  goal?: number;
  /** Absent where there is no goal, null where there is one and nothing was measured. */
  met?: boolean | null;
}

export function createRow({ name, unit, goal }: RowDefinition, { value, floor, peer, note }: Measured): BenchRow {
  const ratio = value === null || floor === undefined || floor === 0 ? undefined : value / floor;
  const judged = goal?.of === "ratio" ? ratio : (value ?? undefined);
  return {
    name,
    value: value === null ? null : rounded(value),
    unit,
    ...(floor === undefined ? {} : { floor: rounded(floor) }),
    ...(ratio === undefined ? {} : { ratio: rounded(ratio) }),
    ...(goal === undefined
      ? {}
      : {
          goal: "atMost" in goal ? goal.atMost : goal.atLeast,
          met: judged === undefined ? null : isMet(goal, judged),
        }),
    ...(peer === undefined ? {} : { peer: peer === null ? null : rounded(peer) }),
    ...(note === undefined ? {} : { note }),
  };
}

function isMet(goal: NonNullable<RowDefinition["goal"]>, judged: number): boolean {
  return "atMost" in goal ? judged <= goal.atMost : judged >= goal.atLeast;
}

/** Three significant places are more than the machine's noise leaves; whole numbers stay whole. */
function rounded(value: number): number {
  return Math.abs(value) >= 1000 ? Math.round(value) : Number(value.toPrecision(3));
}
