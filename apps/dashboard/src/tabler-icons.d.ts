// The package's index names five thousand icons, and a build reads them all; each file alone has no types of its own.
declare module '@tabler/icons-react/dist/esm/icons/*' {
  const icon: import('@tabler/icons-react').Icon;
  export default icon;
}
