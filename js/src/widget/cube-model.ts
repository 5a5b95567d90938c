/** The model that carries the cube for all views: it crosses the wire once, and has nothing to draw. */
export default {};
