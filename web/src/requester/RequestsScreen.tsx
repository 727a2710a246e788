/** My requests, as they stand on the ledgers now. */
import { Button, Stack } from "@mantine/core";
import { IconHistory, IconSearch } from "@tabler/icons-react";
import { EmptyState } from "../look/EmptyState.tsx";
import { ScreenTitle } from "../look/ScreenTitle.tsx";
import { Asking } from "../session/Asking.tsx";
import { useWords } from "../words/useWords.ts";
import { useRequests } from "./queries.ts";
import { RequestList } from "./RequestList.tsx";

export function RequestsScreen() {
  const words = useWords().requester.requests;
  const requests = useRequests();
  const { data } = requests;
  const find = (
    <Button component="a" href="#/requester" leftSection={<IconSearch size={20} aria-hidden />}>
      {words.find}
    </Button>
  );
  return (
    <>
      <ScreenTitle
        title={words.title}
        lead={words.lead}
        actions={data && data.length > 0 ? find : undefined}
      />
      <Stack gap="lg">
        <Asking query={requests} label={words.loading} />
        {data?.length === 0 && (
          <EmptyState icon={IconHistory} title={words.empty} action={find}>
            {words.emptyBody}
          </EmptyState>
        )}
        {data && data.length > 0 && <RequestList requests={data} />}
      </Stack>
    </>
  );
}
