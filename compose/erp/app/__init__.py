"""The ERP under drill: a small, honest one, with a primary and a streaming read replica."""
