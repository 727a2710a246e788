import { Button, Menu } from "@mantine/core";
import { IconLock, IconLockOpen, IconUserCircle } from "@tabler/icons-react";
import { useWords } from "../words/useWords.ts";
import styles from "./AccountMenu.module.css";
import { useColorScheme } from "./colorScheme.ts";
import { Isolated } from "./Isolated.tsx";

export interface AccountMenuProps {
  account?: { label: string; detail?: string } | undefined;
  /** Whether the keys are locked away; undefined: there are none. */
  locked?: boolean | undefined;
  onLock?: (() => void) | undefined;
  onUnlock?: (() => void) | undefined;
  /** Further things to do, such as making a back-up. */
  menu?: readonly { id: string; label: string; onSelect: () => void }[];
}

/** Whose page this is, locking it, and how it looks. */
export function AccountMenu({ account, locked, onLock, onUnlock, menu = [] }: AccountMenuProps) {
  const { look } = useWords();
  const { scheme, setScheme } = useColorScheme();
  const Icon = locked ? IconLock : IconUserCircle;
  return (
    <Menu
      position="bottom-end"
      width={260}
      withinPortal={false}
      withInitialFocusPlaceholder={false}
      transitionProps={{ duration: 0 }}
    >
      <Menu.Target>
        <Button variant="default" className={styles.button} leftSection={<Icon size={20} aria-hidden />}>
          <span className={styles.label}>
            {account ? <Isolated>{account.label}</Isolated> : look.menu}
            {locked && <span className={styles.locked}> · {look.locked}</span>}
          </span>
        </Button>
      </Menu.Target>
      <Menu.Dropdown className={styles.list}>
        {account?.detail && (
          <Menu.Label>
            <Isolated mono>{account.detail}</Isolated>
          </Menu.Label>
        )}
        {locked === false && onLock && (
          <Menu.Item leftSection={<IconLock size={20} aria-hidden />} onClick={onLock}>
            {look.lock}
          </Menu.Item>
        )}
        {locked && onUnlock && (
          <Menu.Item leftSection={<IconLockOpen size={20} aria-hidden />} onClick={onUnlock}>
            {look.unlock}
          </Menu.Item>
        )}
        {menu.map(({ id, label, onSelect }) => (
          <Menu.Item key={id} onClick={onSelect}>
            {label}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Label>{look.scheme.name}</Menu.Label>
        <Menu.RadioGroup value={scheme} onChange={(chosen) => setScheme(chosen as typeof scheme)}>
          {(["auto", "light", "dark"] as const).map((one) => (
            <Menu.RadioItem key={one} value={one}>
              {look.scheme[one]}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
      </Menu.Dropdown>
    </Menu>
  );
}
