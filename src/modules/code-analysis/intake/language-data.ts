import typeScript from 'linguist-languages/data/TypeScript';
import tSX from 'linguist-languages/data/TSX';
import javaScript from 'linguist-languages/data/JavaScript';
import vue from 'linguist-languages/data/Vue';
import svelte from 'linguist-languages/data/Svelte';
import astro from 'linguist-languages/data/Astro';
import python from 'linguist-languages/data/Python';
import java from 'linguist-languages/data/Java';
import kotlin from 'linguist-languages/data/Kotlin';
import scala from 'linguist-languages/data/Scala';
import groovy from 'linguist-languages/data/Groovy';
import go from 'linguist-languages/data/Go';
import rust from 'linguist-languages/data/Rust';
import c from 'linguist-languages/data/C';
import cPlusPlus from 'linguist-languages/data/C_2b__2b_';
import cSharp from 'linguist-languages/data/C_23_';
import fSharp from 'linguist-languages/data/F_23_';
import visualBasicNET from 'linguist-languages/data/Visual_20_Basic_20_.NET';
import pHP from 'linguist-languages/data/PHP';
import blade from 'linguist-languages/data/Blade';
import twig from 'linguist-languages/data/Twig';
import ruby from 'linguist-languages/data/Ruby';
import hTMLPlusERB from 'linguist-languages/data/HTML_2b_ERB';
import elixir from 'linguist-languages/data/Elixir';
import erlang from 'linguist-languages/data/Erlang';
import hTMLPlusEEX from 'linguist-languages/data/HTML_2b_EEX';
import clojure from 'linguist-languages/data/Clojure';
import haskell from 'linguist-languages/data/Haskell';
import oCaml from 'linguist-languages/data/OCaml';
import elm from 'linguist-languages/data/Elm';
import swift from 'linguist-languages/data/Swift';
import objectiveC from 'linguist-languages/data/Objective-C';
import dart from 'linguist-languages/data/Dart';
import lua from 'linguist-languages/data/Lua';
import perl from 'linguist-languages/data/Perl';
import r from 'linguist-languages/data/R';
import julia from 'linguist-languages/data/Julia';
import shell from 'linguist-languages/data/Shell';
import powerShell from 'linguist-languages/data/PowerShell';
import batchfile from 'linguist-languages/data/Batchfile';
import sQL from 'linguist-languages/data/SQL';
import pLpgSQL from 'linguist-languages/data/PLpgSQL';
import graphQL from 'linguist-languages/data/GraphQL';
import protocolBuffer from 'linguist-languages/data/Protocol_20_Buffer';
import thrift from 'linguist-languages/data/Thrift';
import hTML from 'linguist-languages/data/HTML';
import cSS from 'linguist-languages/data/CSS';
import sCSS from 'linguist-languages/data/SCSS';
import sass from 'linguist-languages/data/Sass';
import less from 'linguist-languages/data/Less';
import handlebars from 'linguist-languages/data/Handlebars';
import eJS from 'linguist-languages/data/EJS';
import pug from 'linguist-languages/data/Pug';
import mustache from 'linguist-languages/data/Mustache';
import jinja from 'linguist-languages/data/Jinja';
import jSON from 'linguist-languages/data/JSON';
import jSONWithComments from 'linguist-languages/data/JSON_20_with_20_Comments';
import yAML from 'linguist-languages/data/YAML';
import tOML from 'linguist-languages/data/TOML';
import xML from 'linguist-languages/data/XML';
import iNI from 'linguist-languages/data/INI';
import javaProperties from 'linguist-languages/data/Java_20_Properties';
import dotenv from 'linguist-languages/data/Dotenv';
import dockerfile from 'linguist-languages/data/Dockerfile';
import hCL from 'linguist-languages/data/HCL';
import bicep from 'linguist-languages/data/Bicep';
import makefile from 'linguist-languages/data/Makefile';
import cMake from 'linguist-languages/data/CMake';
import gradle from 'linguist-languages/data/Gradle';
import gradleKotlinDSL from 'linguist-languages/data/Gradle_20_Kotlin_20_DSL';
import mavenPOM from 'linguist-languages/data/Maven_20_POM';
import goModule from 'linguist-languages/data/Go_20_Module';
import pipRequirements from 'linguist-languages/data/Pip_20_Requirements';
import nix from 'linguist-languages/data/Nix';
import starlark from 'linguist-languages/data/Starlark';
import prisma from 'linguist-languages/data/Prisma';
import solidity from 'linguist-languages/data/Solidity';
import zig from 'linguist-languages/data/Zig';
import nim from 'linguist-languages/data/Nim';
import crystal from 'linguist-languages/data/Crystal';
import markdown from 'linguist-languages/data/Markdown';
import mDX from 'linguist-languages/data/MDX';
import reStructuredText from 'linguist-languages/data/reStructuredText';
import asciiDoc from 'linguist-languages/data/AsciiDoc';
import jupyterNotebook from 'linguist-languages/data/Jupyter_20_Notebook';
import text from 'linguist-languages/data/Text';
import cSV from 'linguist-languages/data/CSV';
import sVG from 'linguist-languages/data/SVG';

/** What GitHub's linguist knows of a language; what is absent it does not say. */
export interface LinguistLanguage {
  readonly name: string;
  readonly type: 'programming' | 'markup' | 'data' | 'prose';
  readonly extensions?: readonly string[];
  readonly filenames?: readonly string[];
}

/**
 * Languages that code bases are made of, out of linguist's 833, of which each costs a module to load. Where two claim an
 * extension, the first has it: `.ts` is TypeScript and no Qt translation, `.h` is C.
 */
export const LANGUAGES: readonly LinguistLanguage[] = [
  typeScript,
  tSX,
  javaScript,
  vue,
  svelte,
  astro,
  python,
  java,
  kotlin,
  scala,
  groovy,
  go,
  rust,
  c,
  cPlusPlus,
  cSharp,
  fSharp,
  visualBasicNET,
  pHP,
  blade,
  twig,
  ruby,
  hTMLPlusERB,
  elixir,
  erlang,
  hTMLPlusEEX,
  clojure,
  haskell,
  oCaml,
  elm,
  swift,
  objectiveC,
  dart,
  lua,
  perl,
  r,
  julia,
  shell,
  powerShell,
  batchfile,
  sQL,
  pLpgSQL,
  graphQL,
  protocolBuffer,
  thrift,
  hTML,
  cSS,
  sCSS,
  sass,
  less,
  handlebars,
  eJS,
  pug,
  mustache,
  jinja,
  jSON,
  jSONWithComments,
  yAML,
  tOML,
  xML,
  iNI,
  javaProperties,
  dotenv,
  dockerfile,
  hCL,
  bicep,
  makefile,
  cMake,
  gradle,
  gradleKotlinDSL,
  mavenPOM,
  goModule,
  pipRequirements,
  nix,
  starlark,
  prisma,
  solidity,
  zig,
  nim,
  crystal,
  markdown,
  mDX,
  reStructuredText,
  asciiDoc,
  jupyterNotebook,
  text,
  cSV,
  sVG,
];
