# In the making.
