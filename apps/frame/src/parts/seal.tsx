import { Icon, type IconName } from "./icon.tsx";
import { rosette } from "./rosette.ts";

export type SealTone = "calm" | "working" | "attention" | "done" | "failed" | "quiet";

const centre = 80;
const strands = [0, 1, 2, 3, 4, 5].map((index) =>
  rosette({ centre, radius: 58, swing: 9, petals: 14, turn: (index * Math.PI) / 3 }),
);
const inner = [0, 1, 2].map((index) =>
  rosette({ centre, radius: 41, swing: 4, petals: 20, turn: (index * 2 * Math.PI) / 3 }),
);
const ringRadius = 73;
const ringLength = 2 * Math.PI * ringRadius;

/** The frame's emblem: a woven seal, with progress around it where there is some. Decoration; the words beside it say the same. */
export function Seal({ tone, icon, progress }: { tone: SealTone; icon: IconName; progress?: number }) {
  return (
    <div class={`seal seal-${tone}`} aria-hidden="true">
      <svg viewBox="0 0 160 160" width="160" height="160">
        <g class="seal-weave">
          {strands.map((path) => (
            <path key={path} d={path} />
          ))}
        </g>
        <g class="seal-weave seal-inner">
          {inner.map((path) => (
            <path key={path} d={path} />
          ))}
        </g>
        <circle class="seal-ring" cx={centre} cy={centre} r={ringRadius} />
        {progress !== undefined && (
          <circle
            class="seal-progress"
            cx={centre}
            cy={centre}
            r={ringRadius}
            stroke-dasharray={ringLength}
            stroke-dashoffset={ringLength * (1 - progress / 100)}
          />
        )}
        <circle class="seal-core" cx={centre} cy={centre} r="31" />
      </svg>
      <Icon name={icon} />
    </div>
  );
}
