import { kindNames, type GivenFile } from "../check/given.ts";

export function FileList({ files, onRemove }: { files: readonly GivenFile[]; onRemove: (index: number) => void }) {
  if (files.length === 0) return null;
  return (
    <ul class="files" aria-label="Added files">
      {files.map(({ name, given }, index) => (
        <li key={`${index} ${name}`}>
          <span class="file-name">{name}</span>
          <span class={given.kind === "unknown" ? "file-kind file-bad" : "file-kind"}>
            {given.kind === "unknown" ? given.problem : kindNames[given.kind]}
          </span>
          <button type="button" class="remove" aria-label={`Remove ${name}`} onClick={() => onRemove(index)}>
            <svg viewBox="0 0 20 20" aria-hidden="true">
              <path d="M5 5l10 10M15 5L5 15" />
            </svg>
          </button>
        </li>
      ))}
    </ul>
  );
}
