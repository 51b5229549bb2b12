import { startFrame } from "./start-frame.tsx";

startFrame(window);
