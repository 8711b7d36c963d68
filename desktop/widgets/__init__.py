"""Controls that know nothing of the application: texts, states and colours are handed to them."""
