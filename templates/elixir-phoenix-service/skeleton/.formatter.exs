# Phoenix' words that need no parentheses are named here, so that the code can be formatted without fetching Phoenix.
[
  inputs: ["{mix,.formatter}.exs", "{config,lib,test}/**/*.{ex,exs}"],
  line_length: 120,
  locals_without_parens: [
    action_fallback: 1,
    forward: 2,
    get: 3,
    match: 4,
    pipe_through: 1,
    plug: 1,
    plug: 2,
    post: 3,
    socket: 3
  ]
]
