"""Facts on their way into and out of the register: imports, deliveries of other departments, exports, the interface."""
