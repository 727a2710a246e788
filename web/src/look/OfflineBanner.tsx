import { IconCloudOff } from "@tabler/icons-react";
import { useWords } from "../words/useWords.ts";
import { Note } from "./Note.tsx";

export interface OfflineBannerProps {
  offline: boolean;
  /** What waits, in a sentence; a general one unless told. */
  what?: string;
}

/** Says that there is no connection; announced when it appears, so keep it mounted. */
export function OfflineBanner({ offline, what }: OfflineBannerProps) {
  const words = useWords().look.offline;
  return (
    <div role="status">
      {offline && (
        <Note tone="warn" title={words.title} icon={<IconCloudOff size={22} aria-hidden />}>
          <p>{what ?? words.body}</p>
        </Note>
      )}
    </div>
  );
}
