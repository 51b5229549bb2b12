import { z } from "zod";
import { formValueLimit, uploadLimits } from "./protocol-version.ts";

/** Alt 1, Ctrl 2, Meta 4, Shift 8, or-ed; as the Chrome DevTools Protocol counts them. */
const modifiers = z.int().min(0).max(15);
/** One line: a control character would be a key of its own to the page. */
const formValue = z
  .string()
  .min(1)
  .max(formValueLimit)
  .regex(/^\P{Cc}*$/u);
const coordinate = z.number().min(-16_384).max(16_384);

/** Viewer -> worker, JSON text. Positions are in pixels of the packets. */
export const viewerMessageSchema = z.discriminatedUnion("type", [
  /** The packet with this seq, and all before it, are drawn. Lets the next frame be captured. */
  z.strictObject({ type: z.literal("ack"), seq: z.int().min(1).max(0xffff_ffff) }),
  z.strictObject({
    type: z.literal("pointer"),
    action: z.enum(["move", "down", "up"]),
    x: coordinate,
    y: coordinate,
    button: z.enum(["none", "left", "middle", "right", "back", "forward"]),
    /** As MouseEvent.buttons. */
    buttons: z.int().min(0).max(31),
    clickCount: z.int().min(0).max(3),
    modifiers,
  }),
  z.strictObject({
    type: z.literal("wheel"),
    x: coordinate,
    y: coordinate,
    deltaX: coordinate,
    deltaY: coordinate,
    modifiers,
  }),
  z.strictObject({
    type: z.literal("key"),
    action: z.enum(["down", "up"]),
    /** KeyboardEvent.key and .code. */
    key: z.string().max(32),
    code: z.string().max(32),
    /** KeyboardEvent.location. */
    location: z.int().min(0).max(3),
    repeat: z.boolean(),
    modifiers,
  }),
  /** Inserted at the caret as a whole: paste, input methods, phone keyboards. */
  z.strictObject({
    type: z.literal("text"),
    text: z.string().min(1).max(10_000),
    /** In place of all that is in the field: it was filled in by the viewer's browser. */
    replace: z.literal(true).optional(),
  }),
  /** What an input method shows at the caret, before it becomes text; empty: nothing any more. */
  z.strictObject({ type: z.literal("compose"), text: z.string().max(1_000) }),
  z.strictObject({
    type: z.literal("touch"),
    action: z.enum(["start", "move", "end", "cancel"]),
    /** Points still on the glass. */
    points: z.array(z.strictObject({ id: z.int(), x: coordinate, y: coordinate })).max(10),
    modifiers,
  }),
  /** The size at which the viewer shows the page, CSS pixels. The worker answers a change with a key packet. */
  z.strictObject({
    type: z.literal("resize"),
    width: z.int().min(200).max(4096),
    height: z.int().min(200).max(4096),
    /** Device pixels per CSS pixel of the viewer's screen; 1 when it does not say. */
    ratio: z.number().min(0.1).max(16).optional(),
  }),
  z.strictObject({ type: z.literal("keyframe") }),
  /** A sign of life: the user is there and does nothing else. */
  z.strictObject({ type: z.literal("stay") }),
  /** Asks for a `pong`: how long the way there and back takes, and whether anybody is there. */
  z.strictObject({ type: z.literal("ping"), id: z.int().min(1).max(0xffff_ffff) }),
  /** The user pressed "continue" on a challenge that `canContinue`, or took one of its choices. */
  z.strictObject({
    type: z.literal("challengeReply"),
    challengeId: z.string().max(64),
    choice: z.string().max(64).optional(),
  }),
  /** What the user wrote into the frame's own form of the challenge's fields. */
  z.strictObject({
    type: z.literal("formReply"),
    challengeId: z.string().max(64),
    values: z
      .array(z.strictObject({ id: z.string().max(64), value: formValue }))
      .min(1)
      .max(20),
  }),
  z.strictObject({
    type: z.literal("dialogReply"),
    id: z.string().max(64),
    accepted: z.boolean(),
    /** What the user wrote into a prompt. */
    text: z.string().max(2_000).optional(),
  }),
  /** `index` of the option taken, or null when the list was closed. */
  z.strictObject({
    type: z.literal("selectReply"),
    id: z.string().max(64),
    index: z.int().min(0).max(100_000).nullable(),
  }),
  /** The value set, empty for none, or null when the widget was closed. */
  z.strictObject({ type: z.literal("pickerReply"), id: z.string().max(64), value: z.string().max(40).nullable() }),
  /** Null: the user does not want to log in there. */
  z.strictObject({
    type: z.literal("authReply"),
    id: z.string().max(64),
    credentials: z.strictObject({ username: z.string().max(500), password: z.string().max(500) }).nullable(),
  }),
  /** Whether the page is to be told for a screen reader. Not so at the start of a connection. */
  z.strictObject({ type: z.literal("ariaWatch"), on: z.boolean() }),
  /** A click on a node that was told, or the focus for it. */
  z.strictObject({
    type: z.literal("ariaAct"),
    id: z.int().min(1).max(0x7fff_ffff),
    action: z.enum(["press", "focus"]),
  }),
  /** Close the window on top; the first one stays. */
  z.strictObject({ type: z.literal("popupClose") }),
  /** The files that follow as parts; none: the user gives no file. */
  z.strictObject({
    type: z.literal("fileReply"),
    id: z.string().max(64),
    files: z
      .array(
        z.strictObject({
          name: z.string().min(1).max(255),
          mediaType: z.string().max(255),
          size: z.int().min(0).max(uploadLimits.bytes),
        }),
      )
      .max(uploadLimits.files),
  }),
  /** The bytes of all announced files, one after the other, in base64. */
  z.strictObject({
    type: z.literal("filePart"),
    id: z.string().max(64),
    data: z
      .base64()
      .min(4)
      .max(Math.ceil(uploadLimits.partBytes / 3) * 4),
  }),
]);

export type ViewerMessage = z.infer<typeof viewerMessageSchema>;
