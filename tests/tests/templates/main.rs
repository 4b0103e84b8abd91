//! The golden paths that ship: what they have in common is the same in each, what they render is sound, and it builds and
//! passes its own tests as far as the tools for it are here. What is not is named.

mod agree;
mod languages;
mod render;
mod sound;
mod tools;
