"""Parts of the state, a module an area: a frozen slice, events only it knows, its pure reducer."""
