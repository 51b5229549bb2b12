import type { ChallengeKind, ErrorCategory, ErrorCode } from "@attestream/shared";
import type { ConsentQuestion } from "@attestream/shared/frame-api";
import type { Pending, Refusal } from "./session/frame-state.ts";
import type { WaitingFor } from "./session/current-screen.ts";
import type { EndKind } from "./session/next-end.ts";
import type { PagePicker } from "@attestream/shared/viewer-protocol";

/** Every word the frame says, in one place. A locale is one more object of this shape. */
const en = {
  pageTitle: (platform: string) => `${platform} · Account verification`,
  brandLine: "Verified with Attestream",
  privacyLine: "Runs in a one-time browser that is erased afterwards",
  partnerAsks: (partner: string) => `for ${partner}`,
  steps: { agree: "Agree", logIn: "Log in", collect: "Collect", attest: "Confirm" },
  stepsLabel: (step: string, number: number, of: number) => `Step ${number} of ${of}: ${step}`,

  opening: {
    title: "Opening your verification",
    text: "One moment, we are setting up a private line.",
    unreachableTitle: "We cannot reach the service",
    unreachableText: "Please check your internet connection. We keep trying by ourselves.",
    busyTitle: "The service is busy",
    busyText: "It did not answer as it should. We keep trying by ourselves.",
    retry: "Try now",
  },

  consent: {
    eyebrow: "Before you start",
    title: (partner: string, platform: string) => `Share your ${platform} details with ${partner}?`,
    lead: (platform: string) => `You log in to ${platform} yourself. Only what is listed here is passed on.`,
    receives: (partner: string) => `${partner} receives`,
    nothingListed: "The result of this verification",
    receivesAnswers: (partner: string) => `${partner} receives yes or no to`,
    question: ({ about, is, value }: ConsentQuestion) => `${about}: ${asked(is, value)}?`,
    neverValues: "The values that these questions are about",
    never: "Not shared",
    neverItems: (platform: string) => [
      `Your password and codes: they go to ${platform} only, and are not kept`,
      "Anything else in your account",
    ],
    proof: "The details are signed, so that they cannot be altered on the way.",
    agree: "Agree and continue",
    agreeing: "One moment",
    decline: "Decline",
    declining: "Declining",
    failed: "That did not reach us. Please try again.",
  },

  waiting: {
    queue: {
      title: (position: number) => (position === 1 ? "You are next" : `You are number ${position} in line`),
      text: "All browsers are in use. Yours starts by itself; please keep this page open.",
      estimate: (text: string) => `About ${text}`,
      noEstimate: "We cannot tell yet how long it takes",
    },
    browser: { title: "Starting your browser", text: "A fresh one, used by nobody before you and erased after you." },
    stream: { title: "Connecting you", text: "Your private browser is ready; the picture is on its way." },
    site: { title: (platform: string) => `Opening ${platform}`, text: "You will log in on the next screen." },
  } satisfies Record<WaitingFor, object>,

  live: {
    label: (platform: string) => `Live page of ${platform}`,
    keyboardLabel: (platform: string) =>
      `${platform}, live page. What you type goes to the page. Press Escape twice to leave it.`,
    escapeHint: "to leave the page",
    escapeKey: "Esc",
    left: "You have left the live page. Press Enter to go back to it, Tab to go on.",
    back: "Back to typing on the page",
    working: "Working on it, one moment",
    loading: "Loading",
    showKeyboard: "Show keyboard",
    secureHost: (host: string) => `Secure connection to ${host}`,
    insecureHost: (host: string) => `Connection to ${host}`,
    yourTurn: "Your turn",
    watching: "Nothing to do for you right now",
    continue: "Continue",
    formLabel: "What the page asks for",
    formOpen: "Fill in here instead",
    formClose: "Type on the page",
    formSend: "Send",
    formBusy: "One moment",
    formNote: "Typed into the page for you; nothing is kept here.",
    formSent: "It is sent. If nothing changes, look at the page: it may want something more.",
    formMissing: (labels: readonly string[]) =>
      `The page has no place to fill in: ${labels.join(", ")}. Please type it on the page itself, and send it there.`,
    formNoButton: "It is filled in, but the page’s button was not found. Please press it on the page itself.",
    showSecret: (label: string) => `Show ${label}`,
    websiteSays: "The site says",
    siteAsks: (host: string) => (host ? `${host} asks` : "The page asks"),
    siteSays: (host: string) => (host ? `${host} says` : "The page says"),
    dialogOk: "OK",
    dialogCancel: "Cancel",
    leaveTitle: "Leave this page?",
    leaveText: "What you typed on it may be lost.",
    leave: "Leave",
    stay: "Stay",
    chooseTitle: "Choose one",
    pickers: {
      date: "Choose a date",
      time: "Choose a time",
      month: "Choose a month",
      week: "Choose a week",
      "datetime-local": "Choose date and time",
      color: "Choose a colour",
    } satisfies Record<PagePicker["kind"], string>,
    pickerSet: "Set",
    pickerClear: "Clear",
    pickerForm: (example: string) => `Written like ${example}`,
    authTitle: (host: string) => `${host || "The site"} asks for a user name and a password`,
    authRealm: (realm: string) => `It calls what is behind them “${realm}”.`,
    authText: "They go to this site only; nothing is kept here.",
    authInsecure: "The connection to this site is not encrypted: others could read what you send.",
    authAgain: "The site did not accept them. Please try again.",
    authName: "User name",
    authPassword: "Password",
    authSend: "Log in",
    refusedTitle: "A window was closed",
    refusedText: (host: string, platform: string) =>
      `The page opened a window with ${host || "an address"}, which does not belong to ${platform}. It was closed for your safety. You can go on here.`,
    refusedOk: "Go on",
    copiedTitle: "Copied on the page",
    copiedText: "Your browser wants your own word before it goes into your clipboard.",
    copiedRefused: "Your browser refused. The text is selected: copy it with your keyboard.",
    copiedCopy: "Copy",
    copiedClose: "Close",
    lostInput: (count: number) =>
      `${count === 1 ? "Your last key or click" : `Your last ${count} keys or clicks`} did not reach the page. Please check what is there.`,
    popup: (host: string) => (host ? `A window opened by ${host}` : "A window opened by the page"),
    popupClose: "Close window",
    fileTitle: (host: string, multiple: boolean) => `${host || "The page"} asks for ${multiple ? "files" : "a file"}`,
    fileText: "It goes to this site only; no copy is kept here.",
    fileLabel: (multiple: boolean) => (multiple ? "Files from your device" : "File from your device"),
    fileSend: "Send",
    fileSending: "Sending",
    fileTooMuch: (files: number, megabytes: number) =>
      `That is too much: at most ${files} files with ${megabytes} MB together.`,
    fileUnreadable: "That file cannot be read. Please choose it again.",
    promptLabel: "Your answer",
    kinds: {
      login: "Log in",
      otp: "Enter your code",
      question: "Answer the question",
      choice: "Choose one",
      approval: "Approve the request",
      captcha: "Show that you are human",
      unknown: "Please take over",
    } satisfies Record<ChallengeKind, string>,
  },

  connection: {
    connecting: "Connecting",
    connected: "Live",
    fair: "Slow connection",
    poor: "Very slow connection",
    slowText: "The picture may come late. What you type and click still arrives.",
    reconnecting: "Reconnecting",
    offline: "Offline",
    reconnectingTitle: "The connection was lost",
    reconnectingText: "Your browser is still there. We are bringing it back.",
    brokenTitle: "The picture stopped",
    brokenText: "Your browser is still there, but we do not understand what it sends.",
    longText: "This takes longer than usual. Your browser waits a little while for you.",
    offlineTitle: "You are offline",
    offlineText: "As soon as your internet is back, you go on where you were.",
    retry: "Try now",
    feedDown: "Reconnecting to the service",
  },

  collecting: {
    title: "Reading your details",
    text: (platform: string) => `You are logged in to ${platform}. There is nothing more for you to do.`,
    list: "Being read",
  },
  verifying: {
    title: "Signing the result",
    text: (partner: string) => `The details are being signed, so that ${partner} can check that they are genuine.`,
  },
  progress: (percent: number) => `${percent} percent done`,

  completed: {
    title: "You are verified",
    text: (partner: string) => `${partner} has the result. The browser you used is erased.`,
    shared: "Shared",
  },
  partial: {
    title: "Done, with a gap",
    text: (partner: string) => `${partner} has your result, but a part of it could not be finished.`,
    next: (partner: string) => `${partner} will tell you if more is needed.`,
  },
  cancelled: {
    title: "Cancelled",
    text: (partner: string) => `Nothing was shared with ${partner}. The browser you used is erased.`,
    next: (partner: string) => `To start again, go back to ${partner}.`,
  },
  declined: {
    title: "You declined",
    text: (partner: string) => `Nothing was shared with ${partner}, and no login took place.`,
    next: (partner: string) => `If you change your mind, start again from ${partner}.`,
  },
  closed: { title: "Closed", text: "You can leave this page." },

  next: (partner: string): Record<ErrorCategory, string> => ({
    USER: `You can start again from ${partner} at any time.`,
    AUTH: `Once you can log in on the site itself, start again from ${partner}.`,
    MFA: `Keep the device that gets your codes at hand, and start again from ${partner}.`,
    PLATFORM: `Please try again later from ${partner}.`,
    ACCOUNT: `If you have another account that fits, start again with it from ${partner}. Otherwise ask them what they accept.`,
    TREE: `This is not your fault. Please tell ${partner}, with the code below.`,
    ATTESTATION: `This is not your fault. Please try again from ${partner}.`,
    SESSION: `You can start again from ${partner}.`,
    SYSTEM: `This is not your fault. Please try again from ${partner} in a few minutes.`,
  }),

  outcomes: (platform: string, partner: string): Record<ErrorCode, { title: string; text: string }> => ({
    USER_CANCELLED: { title: "Cancelled", text: "You stopped the verification." },
    CONSENT_DECLINED: { title: "You declined", text: "Nothing was shared." },
    USER_ABANDONED: {
      title: "This verification was closed",
      text: "You were away for too long, so the browser was shut and erased for your safety.",
    },
    USER_ACTION_TIMEOUT: {
      title: "Time ran out",
      text: "There was no answer in time, so the browser was shut and erased for your safety.",
    },
    INVALID_CREDENTIALS: {
      title: "The login did not work",
      text: `${platform} did not accept the user name or password.`,
    },
    ACCOUNT_LOCKED: {
      title: "Your account is locked",
      text: `${platform} has locked this account. Unlock it with them first.`,
    },
    ACCOUNT_DISABLED: {
      title: "Your account is disabled",
      text: `${platform} has switched this account off. Please contact them.`,
    },
    LOGIN_ATTEMPTS_EXCEEDED: { title: "Too many tries", text: `We stopped before ${platform} locks your account.` },
    PASSWORD_CHANGE_REQUIRED: {
      title: "A new password is needed",
      text: `${platform} wants you to choose a new password before it lets you in. Please do that on their site.`,
    },
    UNSUPPORTED_LOGIN_METHOD: {
      title: "This way of logging in does not work here",
      text: `If ${platform} lets you log in another way, please use that one.`,
    },
    MFA_TIMEOUT: { title: "The code ran out", text: `${platform} did not get a valid code in time.` },
    MFA_ATTEMPTS_EXCEEDED: { title: "Too many wrong codes", text: `${platform} does not accept more codes for now.` },
    MFA_METHOD_UNSUPPORTED: {
      title: "This second step does not work here",
      text: "Passkeys and security keys cannot be used in a remote browser. If you can, choose a code by text message or app.",
    },
    PLATFORM_UNAVAILABLE: { title: `${platform} cannot be reached`, text: "Their site does not answer at the moment." },
    PLATFORM_TIMEOUT: { title: `${platform} is too slow`, text: "Their site took too long to answer." },
    PLATFORM_CHANGED: {
      title: `${platform} looks different`,
      text: "Their site shows a page that we do not know yet.",
    },
    PLATFORM_BLOCKED: {
      title: `${platform} refused the connection`,
      text: "Their site does not let our browser in at the moment.",
    },
    PLATFORM_RATE_LIMITED: {
      title: `${platform} asks for patience`,
      text: "There were too many requests to their site.",
    },
    NO_ELIGIBLE_ACCOUNT: {
      title: "No account fits",
      text: `We found no account at ${platform} that fits what ${partner} asks for.`,
    },
    INSUFFICIENT_DATA: {
      title: "Not enough details",
      text: `Your ${platform} account does not hold the details that ${partner} asks for.`,
    },
    REQUIREMENTS_NOT_MET: {
      title: "The requirements are not met",
      text: `Your ${platform} account does not meet what ${partner} asks for.`,
    },
    TREE_INVALID: { title: "We could not start", text: `The steps for ${platform} are not set up correctly.` },
    TREE_STEP_FAILED: { title: "We got stuck", text: `A step at ${platform} did not work as expected.` },
    NAVIGATION_BLOCKED: {
      title: "We stopped for your safety",
      text: `The page wanted to go to an address that does not belong to ${platform}.`,
    },
    EXTRACTION_FAILED: {
      title: "We could not read your details",
      text: `You were logged in, but ${platform} did not show the details as expected.`,
    },
    SCHEMA_MISMATCH: {
      title: "We could not read your details",
      text: `${platform} shows them in a form that we do not know.`,
    },
    ATTESTOR_UNAVAILABLE: { title: "The result could not be signed", text: "The signing service cannot be reached." },
    ATTESTATION_FAILED: { title: "The result could not be signed", text: "Signing the details did not work." },
    ATTESTATION_TIMEOUT: { title: "The result could not be signed", text: "Signing the details took too long." },
    ATTESTATION_MISMATCH: {
      title: "We stopped for your safety",
      text: "The details and their proof do not agree, so nothing was passed on.",
    },
    SESSION_EXPIRED: {
      title: "Time ran out",
      text: "This verification was open for as long as it may be, and has ended.",
    },
    IDLE_TIMEOUT: {
      title: "Time ran out",
      text: "Nothing happened for a while, so the browser was shut and erased for your safety.",
    },
    TERMINATED_BY_PARTNER: { title: "This verification was ended", text: `${partner} ended it.` },
    TERMINATED_BY_OPERATOR: { title: "This verification was ended", text: "The service ended it." },
    NO_CAPACITY: { title: "No browser is free", text: "Many people are verifying right now." },
    BROWSER_LAUNCH_FAILED: { title: "Your browser did not start", text: "Something went wrong on our side." },
    BROWSER_CRASHED: { title: "Your browser stopped", text: "Something went wrong on our side." },
    BROWSER_OUT_OF_MEMORY: { title: "Your browser stopped", text: `The pages of ${platform} were too large for it.` },
    WORKER_LOST: { title: "Your browser was lost", text: "The machine that it ran on is gone." },
    INTERNAL: { title: "Something went wrong", text: "The fault is on our side." },
  }),

  refusals: {
    linkInvalid: {
      title: "This link does not work",
      text: "It has expired or is not complete.",
      next: "Please go back to the page you came from and start again.",
    },
    linkUsed: {
      title: "This link was used already",
      text: "For your safety each link opens one verification only once.",
      next: "Please go back to the page you came from and start again.",
    },
    held: {
      title: "Open in another window",
      text: "This verification goes on in another window or tab of yours.",
      next: "Please finish it there. If you have closed that window, go on here.",
    },
    heldElsewhere: {
      title: "Open in another window",
      text: "For your safety a verification that has begun stays in the window where it began.",
      next: "Please finish it there. If that window is gone, go back to the page you came from and start again.",
    },
    notFound: {
      title: "Nothing here",
      text: "There is no such verification.",
      next: "Please go back to the page you came from and start again.",
    },
    over: {
      title: "Already over",
      text: "This verification has ended.",
      next: "Please go back to the page you came from; the result is there.",
    },
    holdLost: {
      title: "This window lost its place",
      text: "We can no longer tell that this verification is yours.",
      next: "Please go back to the page you came from and start again.",
    },
    insecure: {
      title: "This page needs https",
      text: "The page around this verification is not served securely, so your login could be overheard.",
      next: "If it is your site: serve it over https. Otherwise please tell its owner.",
    },
    cookiesAndLinkMissing: {
      title: "This window has no verification",
      text: "The link is not complete, or this window was closed in between.",
      next: "Please go back to the page you came from and start again.",
    },
  } satisfies Record<Refusal, { title: string; text: string; next: string }>,
  takeOver: "Continue here",

  reader: {
    open: "Read the page here",
    close: "Stop reading the page here",
    label: (platform: string) => `Page of ${platform}, for reading`,
    waiting: "One moment, the page is being read",
    typing: (field: string) => `What you type goes to ${field || "the page"}.`,
    secret: "hidden",
    sectionless: "Section",
  },
  ending: {
    kinds: {
      idle: "Are you still there?",
      challenge: "Time for this step",
      total: "This verification ends in",
      session: "This verification ends in",
      consent: "Waiting for your answer for",
      grace: "Your browser waits for",
    } satisfies Record<EndKind, string>,
    over: "Time is up",
    stay: "I’m still here",
    stayHint: "Any key or click keeps it open.",
    aloud: (what: string, left: string) => `${what}: ${left}`,
  },
  handOver: {
    button: "Use another device",
    title: "Continue on another device",
    text: "Scan this code with your phone, or open the link there. It works once, and for nobody else once you have used it.",
    code: "Code to scan",
    link: "Link for the other device",
    copy: "Copy link",
    copied: "Copied",
    asking: "One moment",
    failed: "That did not reach us. Please try again.",
    expired: "The code has run out.",
    left: (text: string) => `Valid for ${text}`,
    again: "New code",
    stay: "Stay here",
    giveBack: "Back to the first device",
    backText: "Now press “Continue here” on the first device.",
  },
  elsewhere: {
    title: "Continued on another device",
    text: (partner: string) => `Go on there. When you are done, ${partner} goes on here by itself.`,
    back: "To come back, press “Use another device” over there, then “Back to the first device”.",
    offered: "You can go on here again.",
    takeBack: "Continue here",
    failed: "That did not work. Offer it again on the other device.",
  },
  arriving: {
    title: "Continue here?",
    text: "The verification that you began on another device continues on this one, and stops there.",
    warning:
      "Only go on if you have just opened this code or link yourself, from your own screen. If somebody else sent it to you, close this page.",
    goOn: "Continue here",
    busy: "One moment",
    failed: "That did not reach us. Please try again.",
  },

  cancel: {
    button: "Cancel",
    title: "Cancel the verification?",
    text: (partner: string) => `Nothing is shared with ${partner}, and the browser is erased.`,
    yes: "Yes, cancel",
    yesBusy: "Cancelling",
    no: "Keep going",
    failed: "That did not reach us. Please try again.",
  },
  pending: { agree: "One moment", decline: "Declining", cancel: "Cancelling", takeBack: "One moment" } satisfies Record<
    Pending,
    string
  >,
  close: "Close",
  reference: (id: string) => `Reference ${id}`,
  code: (code: string) => `Code ${code}`,
};

export type Messages = typeof en;

const locales: Record<string, Messages> = { en };

/** The messages of the best known locale for a BCP 47 tag, and the tag that they are in. */
export function messagesFor(tag: string | null | undefined): { messages: Messages; locale: string } {
  const language = tag?.toLowerCase().split("-")[0] ?? "en";
  const found = locales[language];
  return found ? { messages: found, locale: tag ?? language } : { messages: en, locale: "en" };
}

/** A date is later, an amount is more. */
function asked(is: ConsentQuestion["is"], value: ConsentQuestion["value"]): string {
  const isDate = typeof value === "string" && /^\d{4}-\d{2}-\d{2}$/.test(value);
  const told = [value ?? ""].flat().join(", ");
  switch (is) {
    case ">=":
      return isDate ? `${told} or later` : `${told} or more`;
    case "<=":
      return isDate ? `${told} or earlier` : `${told} or less`;
    case ">":
      return isDate ? `later than ${told}` : `more than ${told}`;
    case "<":
      return isDate ? `earlier than ${told}` : `less than ${told}`;
    case "==":
      return `exactly ${told}`;
    case "!=":
      return `other than ${told}`;
    case "in":
      return `one of ${told}`;
    case "present":
      return "is there any";
    default:
      return is satisfies never;
  }
}
