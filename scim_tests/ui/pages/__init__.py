"""The pages, one module each: `routes` says where it is found."""
