"""What would break a plan: what each nation, node, line, route and fund is worth to it, by taking them away."""
