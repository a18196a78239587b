// The URL that the build gives a file.
declare module "*.svg" {
  const url: string;
  export default url;
}

declare module "*.css";
