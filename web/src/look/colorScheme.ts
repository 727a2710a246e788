import { type MantineColorScheme, useMantineColorScheme } from "@mantine/core";

/** Light, dark, or as the system says; kept in this browser. */
export function useColorScheme(): {
  scheme: MantineColorScheme;
  setScheme: (scheme: MantineColorScheme) => void;
} {
  // Without this Mantine holds transitions back by a style element, which the page's policy refuses.
  const { colorScheme, setColorScheme } = useMantineColorScheme({ keepTransitions: true });
  return { scheme: colorScheme, setScheme: setColorScheme };
}
