import { uploadLimits, type ViewerMessage } from "@attestream/shared/viewer-protocol";

/** Files as the messages that carry them. Rejects when one cannot be read: then none is sent. */
export async function fileMessages(id: string, files: readonly File[]): Promise<ViewerMessage[]> {
  const bytes = new Uint8Array(await new Blob([...files]).arrayBuffer());
  const messages: ViewerMessage[] = [
    {
      type: "fileReply",
      id,
      files: files.map(({ name, type, size }) => ({
        name: name.slice(-255) || "file",
        mediaType: type.slice(0, 255),
        size,
      })),
    },
  ];
  for (let at = 0; at < bytes.length; at += uploadLimits.partBytes)
    messages.push({ type: "filePart", id, data: toBase64(bytes.subarray(at, at + uploadLimits.partBytes)) });
  return messages;
}

function toBase64(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}
