import { useState } from "preact/hooks";
import { uploadLimits, type FileRequest } from "@attestream/shared/viewer-protocol";
import { fileMessages } from "../stream/file-messages.ts";
import { useFrame } from "./frame-context.ts";
import { Modal } from "./modal.tsx";

const megabyte = 1024 * 1024;

/** The live page wants a file: one of this device is sent to it. */
export function FileBox({ request, connected }: { request: FileRequest; connected: boolean }) {
  const { messages, send } = useFrame();
  const words = messages.live;
  const [files, setFiles] = useState<File[]>([]);
  const [unreadable, setUnreadable] = useState(false);
  const [answered, setAnswered] = useState<FileRequest | null>(null);
  const busy = !connected || answered === request;
  const tooMuch =
    files.length > uploadLimits.files || files.reduce((sum, { size }) => sum + size, 0) > uploadLimits.bytes;

  const close = () => {
    if (busy) return;
    setAnswered(request);
    send({ type: "fileReply", id: request.id, files: [] });
  };
  const give = async () => {
    setAnswered(request);
    try {
      for (const message of await fileMessages(request.id, files)) send(message);
    } catch {
      // Moved or changed since it was chosen.
      setUnreadable(true);
      setAnswered(null);
    }
  };
  return (
    <Modal title="file-title" text="file-text" onEscape={close}>
      <h2 id="file-title" class="dialog-host">
        {words.fileTitle(request.host, request.multiple)}
      </h2>
      <p id="file-text">{words.fileText}</p>
      <input
        type="file"
        class="dialog-file"
        aria-label={words.fileLabel(request.multiple)}
        accept={request.accept || undefined}
        multiple={request.multiple}
        disabled={busy}
        autoFocus
        onChange={(event) => {
          setUnreadable(false);
          setFiles([...(event.currentTarget.files ?? [])]);
        }}
      />
      {(tooMuch || unreadable) && (
        <p class="form-error" role="alert">
          {tooMuch ? words.fileTooMuch(uploadLimits.files, uploadLimits.bytes / megabyte) : words.fileUnreadable}
        </p>
      )}
      <div class="dialog-actions">
        <button type="button" class="button button-quiet" disabled={busy} onClick={close}>
          {words.dialogCancel}
        </button>
        <button
          type="button"
          class="button button-main"
          disabled={busy || tooMuch || files.length === 0}
          onClick={() => void give()}
        >
          {answered === request && files.length > 0 ? words.fileSending : words.fileSend}
        </button>
      </div>
    </Modal>
  );
}
