import { useState } from "preact/hooks";

/** A place for files that is an ordinary file input for keyboards and screen readers. Files dropped anywhere on it count too. */
export function DropZone({ onFiles }: { onFiles: (files: File[]) => void }) {
  const [over, setOver] = useState(false);
  return (
    <div
      class={over ? "drop drop-over" : "drop"}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        onFiles([...(event.dataTransfer?.files ?? [])]);
      }}
    >
      <label for="files">
        <span class="drop-title">Drop the file here, or choose it</span>
        <span id="files-hint" class="drop-hint">
          The proof first. The issuer’s keys, keys of attestors whom you trust and a status list can be added in the
          same way.
        </span>
      </label>
      <input
        id="files"
        type="file"
        multiple
        accept=".json,.txt,.jwt,application/json,text/plain"
        aria-describedby="files-hint"
        onChange={({ currentTarget }) => {
          onFiles([...(currentTarget.files ?? [])]);
          // The same file again must be noticed: it may have been changed.
          currentTarget.value = "";
        }}
      />
    </div>
  );
}
